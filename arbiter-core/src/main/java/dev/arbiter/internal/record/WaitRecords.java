/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal.record;

import dev.arbiter.internal.record.Fields.Reader;
import dev.arbiter.internal.record.Fields.Writer;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Question;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskBudget.AtLimit;
import dev.arbiter.task.Terms;
import dev.arbiter.task.WaitReason;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The parts of records that say what a task waits for, and what it has left. Stateless. */
final class WaitRecords {
  private WaitRecords() {}

  static void reason(Writer w, WaitReason reason) {
    w.text(1, reason.getClass().getSimpleName());
    reason.request().ifPresent(asked -> w.message(2, r -> request(r, asked)));
    w.flag(7, reason.withinCall());
    if (reason instanceof WaitReason.Input input) {
      w.text(3, input.resumeToken());
    } else if (reason instanceof WaitReason.Quota quota) {
      w.text(4, quota.agent()).instant(6, quota.end());
      if (!quota.limit().isEmpty()) {
        w.text(3, quota.limit());
      }
    } else if (reason instanceof WaitReason.Retry retry) {
      w.text(4, retry.agent()).number(5, retry.attempt()).instant(6, retry.at());
    } else if (reason instanceof WaitReason.NotBefore notBefore) {
      w.instant(6, notBefore.moment());
    }
  }

  static WaitReason reason(Reader in) {
    String kind = in.text(1);
    return switch (kind) {
      case "Approval" -> new WaitReason.Approval(request(Records.required(in.message(2))));
      case "Input" ->
          new WaitReason.Input(request(Records.required(in.message(2))), in.text(3), in.flag(7));
      case "Budget" -> new WaitReason.Budget(request(Records.required(in.message(2))), in.flag(7));
      case "Quota" -> new WaitReason.Quota(in.text(4), in.instant(6), in.text(3));
      case "Retry" -> new WaitReason.Retry(in.text(4), in.count(5), in.instant(6));
      case "NotBefore" -> new WaitReason.NotBefore(in.instant(6));
      default ->
          throw new IllegalStateException(
              "the record is of a newer Arbiter, which knows the wait '" + kind + "'");
    };
  }

  private static void request(Writer w, ApprovalRequest request) {
    w.text(1, request.id())
        .text(2, request.tenant())
        .text(3, request.task())
        .text(4, request.point().name())
        .number(5, request.attempt())
        .text(6, request.agent())
        .message(7, q -> question(q, request.question()))
        .text(8, request.audience())
        .text(9, request.digest())
        .instant(10, request.askedAt())
        .instant(11, request.expiresAt());
  }

  private static ApprovalRequest request(Reader in) {
    return new ApprovalRequest(
        in.text(1),
        in.text(2),
        in.text(3),
        Records.named(Point.class, in.text(4)),
        in.count(5),
        in.text(6),
        question(Records.required(in.message(7))),
        in.text(8),
        in.text(9),
        in.instant(10),
        in.instant(11));
  }

  private static void question(Writer w, Question question) {
    w.text(1, question.text())
        .text(2, question.shown())
        .texts(3, question.audiences())
        .time(4, question.time());
  }

  private static Question question(Reader in) {
    // An earlier build took a name twice, and blanks around it.
    List<String> audiences = in.texts(3).stream().map(String::strip).distinct().toList();
    return new Question(in.text(1), in.text(2), audiences, in.time(4));
  }

  static void approval(Writer w, Approval approval) {
    w.text(1, approval.request())
        .text(2, approval.point().name())
        .text(3, approval.digest())
        .text(4, approval.answer().kind().name())
        .text(5, approval.answer().by())
        .text(6, approval.answer().text())
        .instant(8, approval.at());
    approval.answer().budget().ifPresent(budget -> w.message(7, b -> budget(b, budget)));
  }

  static Approval approval(Reader in) {
    Answer answer =
        new Answer(
            Records.named(Answer.Kind.class, in.text(4)),
            in.text(5).strip(),
            in.text(6),
            Optional.ofNullable(budget(in.message(7))));
    return new Approval(
        in.text(1), Records.named(Point.class, in.text(2)), in.text(3), answer, in.instant(8));
  }

  static void budget(Writer w, TaskBudget budget) {
    w.decimal(1, budget.cost())
        .number(2, budget.tokens())
        .time(3, budget.time())
        .number(4, budget.calls())
        .text(5, budget.atLimit().name())
        .number(6, budget.attempts());
  }

  static @Nullable TaskBudget budget(@Nullable Reader in) {
    return in == null
        ? null
        : new TaskBudget(
            in.decimal(1),
            in.number(2),
            in.time(3),
            in.count(6) == 0 ? Integer.MAX_VALUE : in.count(6),
            in.count(4),
            Records.named(AtLimit.class, in.text(5)));
  }

  static void terms(Writer w, Terms terms) {
    terms.notBefore().ifPresent(moment -> w.instant(1, moment));
    terms.approval().ifPresent(question -> w.message(2, q -> question(q, question)));
    if (!terms.budget().equals(TaskBudget.none())) {
      w.message(3, b -> budget(b, terms.budget()));
    }
    w.flag(4, terms.deadlinePauses());
    terms.attemptLimit().ifPresent(limit -> w.time(5, limit));
    w.number(6, terms.bestOf() - 1).flag(7, terms.hedged());
  }

  static Terms terms(Reader in) {
    Reader question = in.message(2);
    TaskBudget budget = budget(in.message(3));
    return new Terms(
        in.message(1) == null ? Optional.empty() : Optional.of(in.instant(1)),
        question == null ? Optional.empty() : Optional.of(question(question)),
        budget == null ? TaskBudget.none() : budget,
        in.flag(4),
        in.time(5).isZero() ? Optional.empty() : Optional.of(in.time(5)),
        in.count(6) + 1,
        in.flag(7));
  }

  static void means(Writer w, KeptMeans means) {
    w.messages(1, means.approvals(), WaitRecords::approval)
        .time(2, means.waited())
        .instant(3, means.since())
        .text(4, means.resumeToken())
        .message(5, u -> Records.usage(u, means.spent()))
        .message(6, u -> Records.usage(u, means.carried()))
        .number(7, means.calls())
        .number(8, means.retries())
        .time(10, means.worked())
        .texts(11, means.denied())
        .flag(12, means.begun() && !saysThatItBegan(means.retries(), means.resumeToken()));
    TaskBudget raised = means.raised();
    if (raised != null) {
      w.message(9, b -> budget(b, raised));
    }
  }

  /* Records without the mark are like this, and it need not be written beside what says the same. */
  private static boolean saysThatItBegan(int retries, String resumeToken) {
    return retries > 0 || !resumeToken.isEmpty();
  }

  static KeptMeans means(Reader in) {
    return new KeptMeans(
        in.messages(1, WaitRecords::approval),
        in.time(2),
        in.instant(3),
        in.text(4),
        Records.usage(in.message(5)),
        Records.usage(in.message(6)),
        in.count(7),
        in.count(8),
        in.flag(12) || saysThatItBegan(in.count(8), in.text(4)),
        in.time(10),
        budget(in.message(9)),
        in.texts(11));
  }
}
