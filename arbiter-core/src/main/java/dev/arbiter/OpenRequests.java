/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.spi.Approvers;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The runs that wait for a person, by the id of the request. Thread-safe. */
final class OpenRequests implements Approvals {
  private static final int MOST_REMEMBERED = 1_000;

  private record Open(ApprovalRequest request, TaskRun run) {}

  private final Map<String, Open> open = new ConcurrentHashMap<>();
  private final @Nullable Approvers approvers;
  private final InstantSource clock;

  /* The last decisions, for the message to whom decides a second time. Guarded by itself. */
  private final Map<String, Approval> decided =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Approval> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };

  OpenRequests(@Nullable Approvers approvers, InstantSource clock) {
    this.approvers = approvers;
    this.clock = clock;
  }

  /** Lists a request, which the store has kept. */
  void add(ApprovalRequest request, TaskRun run) {
    open.put(request.id(), new Open(request, run));
  }

  /** Takes the request of a run from the list, if it is on it. */
  void remove(TaskRun run) {
    ApprovalRequest request = run.request();
    if (request != null) {
      open.computeIfPresent(request.id(), (id, listed) -> listed.run() == run ? null : listed);
    }
  }

  private void decided(Approval approval) {
    synchronized (decided) {
      decided.put(approval.request(), approval);
    }
  }

  /* The store has not kept it, or the task ended before. */
  private void notDecided(Approval approval) {
    synchronized (decided) {
      decided.remove(approval.request(), approval);
    }
  }

  @Override
  public List<ApprovalRequest> open() {
    return open.values().stream()
        .map(Open::request)
        .sorted(Comparator.comparing(ApprovalRequest::askedAt).thenComparing(ApprovalRequest::id))
        .toList();
  }

  @Override
  public Optional<ApprovalRequest> find(String id) {
    return Optional.ofNullable(open.get(id)).map(Open::request);
  }

  @Override
  public CompletionStage<Approval> decide(String id, String digest, Answer answer) {
    Objects.requireNonNull(id, "a decision needs the id of its request, got null");
    Objects.requireNonNull(
        answer, "a decision needs an answer; give Answer.approve(..) or another");
    Open found = open.get(id);
    if (found == null) {
      throw notOpen(id);
    }
    ApprovalRequest request = found.request();
    if (!request.digest().equals(digest)) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "request '%s' of task '%s' asks about something else than was shown; show it again",
              id,
              request.task()));
    }
    if (!request.takes(answer.kind())) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "request '%s' waits at %s, which takes no %s; see ApprovalRequest.takes",
              id,
              request.point(),
              answer.kind()));
    }
    found.run().requireAboveSpent(request, answer);
    requireAllowed(request, answer);
    // The timer that ends the request may be late: it stands still while the machine sleeps.
    Instant at = clock.instant();
    if (!at.isBefore(request.expiresAt()) || !open.remove(id, found)) {
      throw notOpen(id);
    }
    Approval approval = new Approval(id, request.point(), request.digest(), answer, at);
    decided(approval);
    CompletableFuture<Approval> kept = new CompletableFuture<>();
    CompletionStage<?> unused =
        kept.whenComplete(
            (decision, error) -> {
              if (error != null) {
                notDecided(approval);
              }
            });
    found.run().decided(new News.Decided(approval, kept));
    return kept.minimalCompletionStage();
  }

  private void requireAllowed(ApprovalRequest request, Answer answer) {
    boolean may;
    try {
      may = approvers == null || approvers.mayDecide(request, answer);
    } catch (RuntimeException e) {
      throw new ArbiterException(
          "whether '" + answer.by() + "' may decide request '" + request.id() + "' is unknown", e);
    }
    if (!may) {
      throw new ArbiterException(
          String.format(
              Locale.ROOT,
              "'%s' may not decide request '%s' of task '%s', which is for %s",
              answer.by(),
              request.id(),
              request.task(),
              request.audience().isEmpty()
                  ? "whoever Approvers allows"
                  : "'" + request.audience() + "'"));
    }
  }

  private IllegalStateException notOpen(String id) {
    Approval before;
    synchronized (decided) {
      before = decided.get(id);
    }
    return new IllegalStateException(
        before == null
            ? "request '" + id + "' is not open: it has expired, its task has ended, or never was"
            : String.format(
                Locale.ROOT,
                "request '%s' was decided by '%s' at %s (%s); a request is decided once",
                id,
                before.answer().by(),
                before.at(),
                before.answer().kind()));
  }
}
