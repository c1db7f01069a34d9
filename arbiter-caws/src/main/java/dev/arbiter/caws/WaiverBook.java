/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.caws.WaiverStep.Action;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The waivers of one ledger and the number of its next step; the ledger's lock guards it. */
final class WaiverBook {
  private static final int MOST = 10_000;

  private final Map<String, WaiverEntry> entries = new LinkedHashMap<>();
  private final WaiverRules rules;
  private final Recorder recorder;
  private long steps;
  private final AtomicLong changes = new AtomicLong();

  /** Keeps a step; when it throws, the step does not happen. */
  interface Recorder {
    void record(WaiverStep step, WaiverEntry after);
  }

  WaiverBook(WaiverRules rules, Recorder recorder) {
    this.rules = rules;
    this.recorder = recorder;
  }

  Collection<WaiverEntry> entries() {
    return entries.values();
  }

  @Nullable WaiverEntry find(String id) {
    return entries.get(id);
  }

  /** Grows whenever a waiver's document does not stay the same; may be asked without the lock. */
  long changes() {
    return changes.get();
  }

  WaiverOutcome propose(WaiverProposal proposal, Instant now) {
    String problem = proposal.problem(now, rules.limits().longest());
    if (problem.isEmpty()) {
      problem = entries.containsKey(proposal.id()) ? "duplicate_id" : "";
    }
    if (problem.isEmpty() && entries.size() >= MOST) {
      problem = "ledger_full";
    }
    return problem.isEmpty()
        ? put(WaiverEntry.of(proposal, now), Action.PROPOSE, proposal.by(), "", now)
        : new WaiverOutcome.Refused(problem);
  }

  /** One use of each that is here, or of none; false when one of them cannot be used. */
  boolean use(List<String> ids, String by, String subject, Instant now) {
    List<WaiverEntry> used = new ArrayList<>();
    for (String id : ids) {
      WaiverEntry entry = entries.get(id);
      if (entry != null) {
        if (!(rules.use(entry, by, now) instanceof WaiverOutcome.Done done)) {
          return false;
        }
        used.add(done.waiver());
      }
    }
    used.forEach(entry -> put(entry, Action.USE, by, subject, now));
    return true;
  }

  List<String> expire(Instant now) {
    List<String> over = new ArrayList<>();
    for (WaiverEntry entry : List.copyOf(entries.values())) {
      if (entry.isOpen() && !entry.expires().isAfter(now)) {
        put(entry.ended(WaiverEntry.Status.EXPIRED), Action.EXPIRE, "clock", "", now);
        over.add(entry.proposal().id());
      }
    }
    return over;
  }

  WaiverOutcome put(WaiverEntry entry, Action action, String by, String detail, Instant now) {
    recorder.record(new WaiverStep(steps, now, entry.proposal().id(), action, by, detail), entry);
    take(entry, action);
    return new WaiverOutcome.Done(entry);
  }

  /** Puts in what was recorded before. */
  void take(WaiverEntry entry, Action action) {
    steps++;
    entries.put(entry.proposal().id(), entry);
    changes.addAndGet(action == Action.USE ? 0 : 1);
  }
}
