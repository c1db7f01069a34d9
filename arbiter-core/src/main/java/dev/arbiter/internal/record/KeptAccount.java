/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal.record;

import dev.arbiter.internal.record.Fields.Reader;
import dev.arbiter.internal.record.Fields.Writer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskBudget.Spent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant has used up of its budgets.
 *
 * @param periods one for each budget
 */
public record KeptAccount(List<Period> periods) {
  private static final int KIND = 'B';

  /** Copies. */
  public KeptAccount {
    periods = List.copyOf(periods);
  }

  /**
   * What was used up in one period.
   *
   * @param length how long the periods of the budget are
   * @param from the beginning of one of them, as the budget declares it
   * @param begins the beginning of this one
   * @param spent what was used up
   * @param raised the limits that a person gave instead of the declared ones
   * @param raises who raised the limits, the oldest first
   */
  public record Period(
      Duration length,
      Instant from,
      Instant begins,
      Spent spent,
      @Nullable TaskBudget raised,
      List<Approval> raises) {
    /** Copies. */
    public Period {
      raises = List.copyOf(raises);
    }
  }

  /** {@return the account as bytes} */
  public byte[] bytes() {
    return new Writer().messages(1, periods, KeptAccount::write).record(Records.VERSION, KIND);
  }

  /**
   * {@return the account in a record}
   *
   * @param bytes the record
   * @throws IllegalArgumentException if it is none, or damaged
   * @throws IllegalStateException if it is of a newer version
   */
  public static KeptAccount of(byte[] bytes) {
    return new KeptAccount(Records.open(bytes, KIND).messages(1, KeptAccount::read));
  }

  private static void write(Writer w, Period period) {
    w.time(1, period.length())
        .instant(2, period.from())
        .instant(3, period.begins())
        .message(4, u -> Records.usage(u, period.spent().usage()))
        .time(5, period.spent().time())
        .number(6, period.spent().attempts())
        .number(7, period.spent().calls())
        .messages(9, period.raises(), WaitRecords::approval);
    TaskBudget raised = period.raised();
    if (raised != null) {
      w.message(8, b -> WaitRecords.budget(b, raised));
    }
  }

  private static Period read(Reader in) {
    return new Period(
        in.time(1),
        in.instant(2),
        in.instant(3),
        new Spent(Records.usage(in.message(4)), in.time(5), in.count(6), in.count(7)),
        WaitRecords.budget(in.message(8)),
        in.messages(9, WaitRecords::approval));
  }
}
