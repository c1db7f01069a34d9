/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.TenantBudget.Balance;
import dev.arbiter.internal.record.KeptAccount;
import dev.arbiter.spi.Store.Level;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What tenants have used up of their budgets. Thread-safe. */
final class Ledger {
  /*
   * One lock for all accounts: a step takes less than a microsecond, and only reports of agents take
   * one. The store is never called under the lock, because it may complete a stage and so drive a
   * run. One thread at a time writes an account, until nothing has changed since; so the last word
   * is the newest. What the store did not keep is written again by the sweep.
   */
  private final Map<String, List<TenantBudget>> own;
  private final List<TenantBudget> each;
  private final InstantSource clock;
  private final Storing storing;
  private final Map<String, Account> accounts = new TreeMap<>();
  private final Set<String> toForget = new HashSet<>();
  private Instant latest = Instant.MIN;
  private volatile Consumer<String> raised = tenant -> {};

  /** Keeps the account of a tenant; null forgets it. */
  interface Storing {
    CompletionStage<@Nullable Void> keep(String tenant, byte @Nullable [] account, Level level);
  }

  Ledger(
      Map<String, List<TenantBudget>> own,
      List<TenantBudget> each,
      InstantSource clock,
      Storing storing) {
    this.own = own;
    this.each = each;
    this.clock = clock;
    this.storing = storing;
  }

  /** A limit that a tenant has reached: which one, and when its period ends. */
  record Full(String tenant, TenantBudget budget, String why, Instant until) {}

  /** A call that was counted; it can be given back if the agent was not called. */
  record Counted(String tenant, boolean isAttempt, List<Instant> periods) {}

  private static final class Account {
    final List<Period> periods = new ArrayList<>(2);
    boolean isWritten;
    boolean isKept = true;
    int changes;

    /* How the changes that are not kept must be kept, at least. */
    Level level = Level.BUFFERED;

    void atLeast(Level asked) {
      level = asked == Level.DURABLE ? asked : level;
    }
  }

  private static final class Period {
    final TenantBudget budget;
    Instant begins;
    Instant ends;
    Usage usage = Usage.none();
    Duration time = Duration.ZERO;
    int attempts;
    int calls;
    @Nullable TaskBudget limits;
    List<Approval> raises = List.of();

    Period(TenantBudget budget, Instant now) {
      this.budget = budget;
      this.begins = budget.begin(now);
      this.ends = begins.plus(budget.period());
    }

    void turn(Instant now) {
      if (now.isBefore(ends)) {
        return;
      }
      begins = budget.begin(now);
      ends = begins.plus(budget.period());
      usage = Usage.none();
      time = Duration.ZERO;
      attempts = 0;
      calls = 0;
      limits = null;
      raises = List.of();
    }

    TaskBudget limits() {
      TaskBudget given = limits;
      return given == null ? budget.limits() : given;
    }

    TaskBudget.Spent spent() {
      return new TaskBudget.Spent(usage, time, attempts, calls);
    }

    /* Attempts and calls are counted before the next of them. */
    String reached(boolean isRunning) {
      return limits().reached(isRunning ? new TaskBudget.Spent(usage, time, 0, 0) : spent());
    }

    Balance balance(String tenant) {
      return new Balance(tenant, budget, begins, ends, spent(), limits(), raises);
    }
  }

  /** Whether any tenant has a budget. */
  boolean isOn() {
    return !own.isEmpty() || !each.isEmpty();
  }

  /** Whether the tenant has a budget. */
  boolean has(String tenant) {
    return !budgets(tenant).isEmpty();
  }

  private List<TenantBudget> budgets(String tenant) {
    return own.getOrDefault(tenant, each);
  }

  /*
   * The latest time that was seen: a clock that goes back brings no period back, also of an account
   * that was forgotten when its periods had ended. The lock is held.
   */
  private Instant now() {
    Instant now = clock.instant();
    latest = now.isAfter(latest) ? now : latest;
    return latest;
  }

  /* The lock is held. */
  private Account account(String tenant) {
    Instant now = now();
    Account account = accounts.computeIfAbsent(tenant, name -> newAccount(name, now));
    for (Period period : account.periods) {
      period.turn(now);
    }
    return account;
  }

  private Account newAccount(String tenant, Instant now) {
    Account account = new Account();
    budgets(tenant).forEach(budget -> account.periods.add(new Period(budget, now)));
    return account;
  }

  /** The limit that the tenant has reached; the one whose period ends last if there are more. */
  synchronized @Nullable Full full(String tenant) {
    return has(tenant) ? full(tenant, account(tenant), false) : null;
  }

  private static @Nullable Full full(String tenant, Account account, boolean isRunning) {
    Period last = null;
    for (Period period : account.periods) {
      if (!period.reached(isRunning).isEmpty()
          && (last == null || period.ends.isAfter(last.ends))) {
        last = period;
      }
    }
    if (last == null) {
      return null;
    }
    String why =
        String.format(
            Locale.ROOT,
            "tenant '%s' has reached its budget for %s to %s, a %s",
            tenant,
            last.begins,
            last.ends,
            last.reached(isRunning));
    return new Full(tenant, last.budget, why, last.ends);
  }

  /**
   * Counts a call before it begins; null if the tenant has reached a limit. Give it back with
   * {@link #giveBack} if the agent is not called.
   */
  @Nullable Counted take(String tenant, boolean isAttempt) {
    List<Instant> periods = new ArrayList<>(2);
    synchronized (this) {
      Account account = account(tenant);
      if (full(tenant, account, false) != null) {
        return null;
      }
      for (Period period : account.periods) {
        period.calls++;
        period.attempts += isAttempt ? 1 : 0;
        periods.add(period.begins);
      }
    }
    keep(tenant, Level.BUFFERED);
    return new Counted(tenant, isAttempt, periods);
  }

  /** Takes back a call that did not take place, in the periods that last. */
  void giveBack(Counted call) {
    synchronized (this) {
      List<Period> periods = account(call.tenant()).periods;
      for (int i = 0; i < periods.size(); i++) {
        Period period = periods.get(i);
        if (period.begins.equals(call.periods().get(i))) {
          period.calls = Math.max(0, period.calls - 1);
          period.attempts = Math.max(0, period.attempts - (call.isAttempt() ? 1 : 0));
        }
      }
    }
    keep(call.tenant(), Level.BUFFERED);
    raised.accept(call.tenant());
  }

  /** Counts what an agent used. Returns the limit that is reached now, or null. */
  private @Nullable Full count(String tenant, Usage more, Duration worked, Level level) {
    Full full;
    synchronized (this) {
      Account account = account(tenant);
      for (Period period : account.periods) {
        period.usage = period.usage.plus(more);
        period.time = period.time.plus(worked);
      }
      full = full(tenant, account, true);
    }
    keep(tenant, level);
    return full;
  }

  /** What one call of an agent has used so far; each part of it is counted once. Thread-safe. */
  final class Tab {
    private final String tenant;
    private Usage counted = Usage.none();
    private Duration time = Duration.ZERO;

    private Tab(String tenant) {
      this.tenant = tenant;
    }

    /** Counts what is new in these totals of the call. Returns the limit that is reached now. */
    @Nullable Full count(Usage total, Duration worked, Level level) {
      Usage more;
      Duration moreTime;
      synchronized (this) {
        more = minus(total, counted);
        counted = counted.plus(more);
        moreTime = worked.compareTo(time) > 0 ? worked.minus(time) : Duration.ZERO;
        time = time.plus(moreTime);
      }
      return Ledger.this.count(tenant, more, moreTime, level);
    }
  }

  /** What of a total is not counted yet. */
  static Usage minus(Usage total, Usage counted) {
    return new Usage(
        Math.max(0, total.inputTokens() - counted.inputTokens()),
        Math.max(0, total.outputTokens() - counted.outputTokens()),
        Math.max(0, total.cost() - counted.cost()),
        Duration.ZERO);
  }

  /** A tab for one call of an agent; null if the tenant has no budget. */
  @Nullable Tab tab(String tenant) {
    return has(tenant) ? new Tab(tenant) : null;
  }

  /* What people see and decide. */

  synchronized List<Balance> balances() {
    List<Balance> all = new ArrayList<>();
    for (String tenant : List.copyOf(accounts.keySet())) {
      account(tenant).periods.forEach(period -> all.add(period.balance(tenant)));
    }
    return all;
  }

  synchronized List<Balance> balances(String tenant) {
    return has(tenant)
        ? account(tenant).periods.stream().map(period -> period.balance(tenant)).toList()
        : List.of();
  }

  /**
   * Gives a tenant other limits until the end of a period.
   *
   * @throws IllegalArgumentException if it has no such budget, or has used up as much already
   */
  Balance raise(String tenant, Duration length, Answer answer) {
    TaskBudget limits =
        answer
            .budget()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "limits are raised with Answer.raise, got " + answer.kind()));
    Balance balance;
    synchronized (this) {
      Period period =
          (has(tenant) ? account(tenant).periods : List.<Period>of())
              .stream()
                  .filter(p -> p.budget.period().equals(length))
                  .findFirst()
                  .orElseThrow(
                      () ->
                          new IllegalArgumentException(
                              String.format(
                                  Locale.ROOT,
                                  "tenant '%s' has no budget with a period of %s; it has %s",
                                  tenant,
                                  length,
                                  budgets(tenant))));
      requireMore(tenant, limits, period);
      raise(period, new Approval("", Point.TENANT_BUDGET, "", answer, clock.instant()), limits);
      balance = period.balance(tenant);
    }
    keep(tenant, Level.DURABLE);
    raised.accept(tenant);
    return balance;
  }

  private static void requireMore(String tenant, TaskBudget limits, Period period) {
    String reached = limits.reached(period.spent());
    if (!reached.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the budget of tenant '%s' cannot be raised so: it has a %s already; give it more",
              tenant,
              reached));
    }
  }

  private static void raise(Period period, Approval by, TaskBudget limits) {
    List<Approval> all = new ArrayList<>(period.raises);
    all.add(by);
    period.raises = List.copyOf(all);
    period.limits = limits;
  }

  /** Refuses limits that are used up already. */
  synchronized void requireMore(ApprovalRequest request, Answer answer) {
    Period period = asked(request);
    if (period != null && answer.budget().isPresent()) {
      requireMore(request.tenant(), answer.budget().get(), period);
    }
  }

  /** Gives a tenant the limits that a person gave, once; none if the period has ended. */
  void raise(ApprovalRequest request, Approval approval) {
    if (request.point() != Point.TENANT_BUDGET) {
      return;
    }
    TaskBudget limits = approval.answer().budget().orElse(null);
    synchronized (this) {
      Period period = asked(request);
      if (period == null
          || limits == null
          || period.raises.stream().anyMatch(own -> own.request().equals(approval.request()))) {
        return;
      }
      raise(period, approval, limits);
    }
    keep(request.tenant(), Level.DURABLE);
    raised.accept(request.tenant());
  }

  /* The period that a request is about; null if it has ended, or is not full any more. */
  private @Nullable Period asked(ApprovalRequest request) {
    if (!has(request.tenant())) {
      return null;
    }
    Account account = account(request.tenant());
    Full full = full(request.tenant(), account, false);
    for (Period period : account.periods) {
      // A question expires with its period. The time of asking says less: clocks go back.
      boolean isAsked =
          !request.expiresAt().isBefore(period.ends)
              && !request.expiresAt().isAfter(period.ends.plus(CallPermits.SHORTEST));
      if (full != null && full.budget().equals(period.budget) && isAsked) {
        return period;
      }
    }
    return null;
  }

  /** Sets what is called when a tenant may have means again before its period ends. */
  void whenRaised(Consumer<String> action) {
    raised = action;
  }

  /* The store. */

  private void keep(String tenant, Level level) {
    synchronized (this) {
      Account account = accounts.get(tenant);
      if (account == null) {
        return;
      }
      account.changes++;
      account.atLeast(level);
      if (account.isWritten) {
        return;
      }
      account.isWritten = true;
    }
    boolean isNewest;
    do {
      isNewest = write(tenant);
    } while (!isNewest);
  }

  /* Writes an account. True if nothing has changed since. */
  private boolean write(String tenant) {
    Account account;
    Level level;
    boolean isOver;
    byte @Nullable [] bytes;
    int seen;
    synchronized (this) {
      account = accounts.get(tenant);
      if (account == null) {
        return true;
      }
      account.isKept = true;
      level = account.level;
      account.level = Level.BUFFERED;
      seen = account.changes;
      isOver = isOver(account, now());
      bytes = isOver ? null : kept(account).bytes();
    }
    CompletionStage<?> unused =
        storing
            .keep(tenant, bytes, level)
            .whenComplete(
                (kept, error) -> {
                  if (error != null) {
                    synchronized (this) {
                      account.isKept = false;
                      account.atLeast(level);
                    }
                  }
                });
    synchronized (this) {
      boolean isNewest = account.changes == seen;
      account.isWritten = !isNewest;
      // A call may have begun the next period meanwhile; it is about to be written.
      if (isNewest && isOver && isOver(account, latest)) {
        accounts.remove(tenant);
      }
      return isNewest;
    }
  }

  private static boolean isOver(Account account, Instant now) {
    return account.periods.stream().noneMatch(period -> now.isBefore(period.ends));
  }

  private static KeptAccount kept(Account account) {
    return new KeptAccount(
        account.periods.stream()
            .map(
                period ->
                    new KeptAccount.Period(
                        period.budget.period(),
                        period.budget.from(),
                        period.begins,
                        period.spent(),
                        period.limits,
                        period.raises))
            .toList());
  }

  /** Takes what the store has kept, before the first task; null for a damaged record. */
  synchronized void restore(Map<String, @Nullable KeptAccount> kept) {
    kept.forEach(
        (tenant, account) -> {
          if (!has(tenant)) {
            toForget.add(tenant);
          } else if (account == null) {
            account(tenant).periods.forEach(Ledger::spendAll);
          } else {
            account.periods().forEach(period -> restore(account(tenant), period));
          }
        });
  }

  private static void restore(Account account, KeptAccount.Period kept) {
    for (Period period : account.periods) {
      boolean isSame =
          period.budget.period().equals(kept.length()) && period.budget.from().equals(kept.from());
      if (isSame && !kept.begins().isBefore(period.begins)) {
        period.begins = kept.begins();
        period.ends = kept.begins().plus(kept.length());
        period.usage = kept.spent().usage();
        period.time = kept.spent().time();
        period.attempts = kept.spent().attempts();
        period.calls = kept.spent().calls();
        period.limits = kept.raised();
        period.raises = kept.raises();
      }
    }
  }

  /* What was spent is unknown: nothing more is, until the period ends or a person looks. */
  private static void spendAll(Period period) {
    period.usage = new Usage(Long.MAX_VALUE / 4, 0, Double.MAX_VALUE / 4, Duration.ZERO);
    period.time = Duration.ofSeconds(Long.MAX_VALUE / 4);
    period.calls = Integer.MAX_VALUE / 2;
    period.attempts = Integer.MAX_VALUE / 2;
  }

  /** The store has come back: it gets what was counted meanwhile. */
  synchronized void keepAll() {
    accounts.values().forEach(account -> account.isKept = false);
  }

  /** Writes what the store has not kept, and forgets accounts whose periods have ended. */
  void look() {
    if (!isOn() && toForget.isEmpty()) {
      return;
    }
    List<String> toWrite = new ArrayList<>();
    List<String> unknown;
    synchronized (this) {
      Instant now = now();
      accounts.forEach(
          (tenant, account) -> {
            if (!account.isKept || isOver(account, now)) {
              toWrite.add(tenant);
            }
          });
      unknown = List.copyOf(toForget);
      toForget.clear();
    }
    toWrite.forEach(tenant -> keep(tenant, Level.BUFFERED));
    for (String tenant : unknown) {
      CompletionStage<?> unused = storing.keep(tenant, null, Level.BUFFERED);
    }
  }
}
