/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.Ledger.Counted;
import dev.arbiter.Ledger.Full;
import dev.arbiter.Ledger.Tab;
import dev.arbiter.TenantBudget.Balance;
import dev.arbiter.internal.record.KeptAccount;
import dev.arbiter.spi.Store.Level;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskBudget.Spent;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What tenants have used up of their budgets, and what the store keeps of it. */
class LedgerTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);
  private static final Instant TEN = Instant.parse("2026-03-02T10:00:00Z");
  private static final Instant ELEVEN = TEN.plus(HOUR);

  private final Map<String, byte[]> store = new HashMap<>();
  private final List<String> writes = new ArrayList<>();
  private final List<String> raised = new ArrayList<>();
  private Instant now = TEN.plusSeconds(1_800);
  private boolean fails;
  private Runnable onWrite = () -> {};

  private CompletionStage<@Nullable Void> keep(
      String tenant, byte @Nullable [] account, Level level) {
    writes.add(tenant + (account == null ? " - " : " ") + level);
    Runnable first = onWrite;
    onWrite = () -> {};
    first.run();
    if (fails) {
      return CompletableFuture.failedFuture(new IllegalStateException("disk full"));
    }
    if (account == null) {
      store.remove(tenant);
    } else {
      store.put(tenant, account);
    }
    return CompletableFuture.completedFuture(null);
  }

  private Ledger ledger(Map<String, List<TenantBudget>> own, TenantBudget... each) {
    Ledger ledger = new Ledger(own, List.of(each), () -> now, this::keep);
    ledger.whenRaised(raised::add);
    return ledger;
  }

  private Ledger each(TenantBudget... each) {
    return ledger(Map.of(), each);
  }

  private static TenantBudget hourly(TaskBudget limits) {
    return TenantBudget.per(HOUR, limits);
  }

  private static TenantBudget ofCalls(int most) {
    return hourly(TaskBudget.none().withCalls(most));
  }

  private static Counted take(Ledger ledger) {
    return Objects.requireNonNull(ledger.take("acme", true));
  }

  private static Tab tab(Ledger ledger) {
    return Objects.requireNonNull(ledger.tab("acme"));
  }

  private static Full full(Ledger ledger) {
    return Objects.requireNonNull(ledger.full("acme"));
  }

  private static Spent spent(Ledger ledger) {
    return ledger.balances("acme").get(0).spent();
  }

  private Ledger restarted(TenantBudget... each) {
    Ledger next = each(each);
    Map<String, @Nullable KeptAccount> kept = new HashMap<>();
    store.forEach((tenant, bytes) -> kept.put(tenant, KeptAccount.of(bytes)));
    next.restore(kept);
    return next;
  }

  /* Who has a budget. */

  @Test
  void a_tenant_without_a_budget_is_not_counted() {
    Ledger off = each();

    assertThat(off.isOn()).isFalse();
    assertThat(off.has("acme")).isFalse();
    assertThat(off.full("acme")).isNull();
    assertThat(off.tab("acme")).isNull();
    assertThat(off.balances("acme")).isEmpty();
    assertThat(off.balances()).isEmpty();
    off.look();
    assertThat(writes).isEmpty();
  }

  @Test
  void a_tenants_own_budgets_stand_in_place_of_those_of_each() {
    Ledger ledger = ledger(Map.of("acme", List.of(ofCalls(1)), "free", List.of()), ofCalls(2));

    assertThat(ledger.isOn()).isTrue();
    assertThat(ledger.has("free")).isFalse();
    assertThat(ledger.tab("free")).isNull();
    assertThat(ledger.take("acme", true)).isNotNull();
    assertThat(ledger.take("acme", true)).isNull();
    assertThat(ledger.take("other", true)).isNotNull();
    assertThat(ledger.take("other", true)).isNotNull();
    assertThat(ledger.take("other", true)).isNull();
    assertThat(ledger.balances()).extracting(Balance::tenant).containsExactly("acme", "other");
  }

  @Test
  void budgets_of_some_tenants_only_are_budgets_too() {
    assertThat(ledger(Map.of("acme", List.of(ofCalls(1)))).isOn()).isTrue();
  }

  /* What is counted. */

  @Test
  void a_call_is_counted_before_it_begins_and_an_attempt_only_once() {
    Ledger ledger = each(hourly(TaskBudget.none().withAttempts(2).withCalls(4)));

    Counted attempt = take(ledger);
    assertThat(attempt).isEqualTo(new Counted("acme", true, List.of(TEN)));
    assertThat(ledger.take("acme", false)).isNotNull();
    assertThat(spent(ledger)).isEqualTo(new Spent(Usage.none(), Duration.ZERO, 1, 2));

    assertThat(ledger.take("acme", true)).isNotNull();
    assertThat(ledger.take("acme", false)).as("two attempts of two").isNull();
    assertThat(spent(ledger).calls()).isEqualTo(3);
    assertThat(full(ledger).why())
        .isEqualTo(
            "tenant 'acme' has reached its budget for 2026-03-02T10:00:00Z to"
                + " 2026-03-02T11:00:00Z, a number of 2 of 2 attempts");
  }

  @Test
  void a_call_that_did_not_take_place_is_given_back() {
    Ledger ledger = each(hourly(TaskBudget.none().withCalls(2)));
    Counted attempt = take(ledger);
    Counted again = Objects.requireNonNull(ledger.take("acme", false));

    ledger.giveBack(again);
    assertThat(spent(ledger)).isEqualTo(new Spent(Usage.none(), Duration.ZERO, 1, 1));
    ledger.giveBack(attempt);
    assertThat(spent(ledger)).isEqualTo(new Spent(Usage.none(), Duration.ZERO, 0, 0));
    assertThat(raised).as("who waits may look again").containsExactly("acme", "acme");
    assertThat(KeptAccount.of(Objects.requireNonNull(store.get("acme"))).periods().get(0).spent())
        .isEqualTo(spent(ledger));
  }

  @Test
  void a_call_of_a_period_that_has_ended_is_not_given_back_to_the_next() {
    Ledger ledger = each(ofCalls(5), TenantBudget.per(DAY, TaskBudget.none().withCalls(9)));
    Counted before = take(ledger);
    now = ELEVEN;
    take(ledger);

    ledger.giveBack(before);

    assertThat(ledger.balances("acme"))
        .extracting(balance -> balance.spent().calls())
        .as("of the hour, of the day")
        .containsExactly(1, 1);
  }

  @Test
  void each_part_of_what_a_call_has_used_is_counted_once() {
    Ledger ledger = each(hourly(TaskBudget.ofCost(10)));
    Tab tab = tab(ledger);
    Usage first = new Usage(10, 20, 1, Duration.ofSeconds(3));
    Usage second = new Usage(15, 20, 4, Duration.ofSeconds(9));

    assertThat(tab.count(first, Duration.ofSeconds(5), Level.DURABLE)).isNull();
    assertThat(tab.count(first, Duration.ofSeconds(5), Level.BUFFERED)).isNull();
    assertThat(tab.count(second, Duration.ofSeconds(7), Level.BUFFERED)).isNull();
    assertThat(tab.count(first, Duration.ofSeconds(2), Level.BUFFERED)).as("a step back").isNull();
    assertThat(tab.count(second, Duration.ofSeconds(7), Level.BUFFERED)).isNull();

    Usage counted = new Usage(15, 20, 4, Duration.ZERO);
    assertThat(spent(ledger)).isEqualTo(new Spent(counted, Duration.ofSeconds(7), 0, 0));
    assertThat(writes).startsWith("acme DURABLE", "acme BUFFERED");
    assertThat(tab(ledger).count(second, Duration.ZERO, Level.BUFFERED)).as("another").isNull();
    assertThat(spent(ledger).usage().cost()).isEqualTo(8);
  }

  @Test
  void a_call_that_works_hears_of_the_limit_that_is_reached_now() {
    Ledger ledger = each(hourly(TaskBudget.ofCost(2).withCalls(1)));
    take(ledger);
    Tab tab = tab(ledger);

    assertThat(tab.count(Usage.cost(1.5), Duration.ZERO, Level.BUFFERED))
        .as("its own call is the last one, and is allowed")
        .isNull();
    Full full = tab.count(Usage.cost(2), Duration.ZERO, Level.BUFFERED);

    assertThat(Objects.requireNonNull(full).why()).endsWith("a cost of 2.0 of 2.0 US dollars");
    assertThat(full.tenant()).isEqualTo("acme");
    assertThat(full.until()).isEqualTo(ELEVEN);
  }

  @Test
  void of_limits_that_are_reached_the_one_that_ends_last_is_told() {
    TenantBudget daily = TenantBudget.per(DAY, TaskBudget.none().withCalls(1));
    for (Ledger ledger : List.of(each(ofCalls(1), daily), each(daily, ofCalls(1)))) {
      take(ledger);
      assertThat(full(ledger).budget()).isEqualTo(daily);
      assertThat(full(ledger).until()).isEqualTo(Instant.parse("2026-03-03T00:00:00Z"));
    }
  }

  /* Periods. */

  @Test
  void the_next_period_begins_with_nothing_spent() {
    Ledger ledger = each(hourly(TaskBudget.ofCost(5).withAttempts(1)));
    take(ledger);
    assertThat(tab(ledger).count(Usage.cost(4), Duration.ofSeconds(9), Level.BUFFERED)).isNull();
    Balance more = ledger.raise("acme", HOUR, Answer.raise("eve", TaskBudget.ofCost(9)));
    assertThat(more.limits()).isEqualTo(TaskBudget.ofCost(9));

    now = ELEVEN.minusNanos(1);
    assertThat(ledger.balances("acme")).containsExactly(more);
    now = ELEVEN;

    Balance next = ledger.balances("acme").get(0);
    assertThat(next.begins()).isEqualTo(ELEVEN);
    assertThat(next.ends()).isEqualTo(ELEVEN.plus(HOUR));
    assertThat(next.spent()).isEqualTo(new Spent(Usage.none(), Duration.ZERO, 0, 0));
    assertThat(next.limits()).isEqualTo(TaskBudget.ofCost(5).withAttempts(1));
    assertThat(next.raises()).isEmpty();
  }

  @Test
  void a_clock_that_goes_back_brings_no_period_back() {
    Ledger ledger = each(ofCalls(1));
    now = ELEVEN;
    take(ledger);
    now = TEN;

    assertThat(ledger.take("acme", true)).isNull();
    assertThat(ledger.balances("acme").get(0).begins()).isEqualTo(ELEVEN);
    assertThat(ledger.take("other", true)).isNotNull();
    assertThat(ledger.balances("other").get(0).begins()).as("of a new one too").isEqualTo(ELEVEN);
  }

  /* What people decide. */

  @Test
  void a_limit_is_raised_until_its_period_ends() {
    Ledger ledger = each(ofCalls(1), TenantBudget.per(DAY, TaskBudget.none().withCalls(5)));
    take(ledger);
    Answer answer = Answer.raise("eve", TaskBudget.none().withCalls(2));

    Balance balance = ledger.raise("acme", HOUR, answer);

    assertThat(balance.raises())
        .containsExactly(new Approval("", Point.TENANT_BUDGET, "", answer, now));
    assertThat(balance.limits().calls()).isEqualTo(2);
    assertThat(ledger.balances("acme").get(1).raises()).isEmpty();
    assertThat(writes).last().isEqualTo("acme DURABLE");
    assertThat(raised).containsExactly("acme");
    assertThat(ledger.take("acme", true)).isNotNull();
    assertThat(ledger.take("acme", true)).isNull();
  }

  @Test
  void a_raise_that_makes_no_sense_is_refused_and_changes_nothing() {
    Ledger ledger = each(ofCalls(2));
    take(ledger);
    writes.clear();

    assertThatThrownBy(() -> ledger.raise("acme", HOUR, Answer.approve("eve")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("limits are raised with Answer.raise, got APPROVED");
    Answer more = Answer.raise("eve", TaskBudget.none().withCalls(3));
    assertThatThrownBy(() -> ledger.raise("acme", DAY, more))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("tenant 'acme' has no budget with a period of PT24H; it has [");
    assertThatThrownBy(() -> each().raise("acme", HOUR, more))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("it has []");
    Answer less = Answer.raise("eve", TaskBudget.none().withCalls(1));
    assertThatThrownBy(() -> ledger.raise("acme", HOUR, less))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the budget of tenant 'acme' cannot be raised so: it has a number of 1 of 1 calls"
                + " already; give it more");
    assertThat(ledger.balances("acme").get(0).raises()).isEmpty();
    assertThat(writes).isEmpty();
    assertThat(raised).isEmpty();
  }

  private ApprovalRequest request(Ledger ledger, Point point) {
    return ApprovalRequest.of(
        point,
        Task.builder("fix").id("T-1").tenant("acme").build(),
        1,
        "",
        CallPermits.question(full(ledger), now),
        List.of(),
        now);
  }

  private Approval approval(ApprovalRequest request, Answer answer) {
    return new Approval(request.id(), request.point(), request.digest(), answer, now);
  }

  private static Answer calls(int most) {
    return Answer.raise("eve", TaskBudget.none().withCalls(most));
  }

  @Test
  void a_request_raises_the_limit_for_which_it_asked_once() {
    Ledger ledger = each(ofCalls(1));
    take(ledger);
    ApprovalRequest request = request(ledger, Point.TENANT_BUDGET);
    Approval approval = approval(request, calls(2));

    ledger.raise(request, approval);
    assertThat(ledger.balances("acme").get(0).raises()).containsExactly(approval);
    assertThat(raised).containsExactly("acme");
    assertThat(writes).last().isEqualTo("acme DURABLE");

    take(ledger);
    ledger.raise(request, approval);
    assertThat(ledger.take("acme", true)).as("a restart brings the decision again").isNull();
    assertThat(ledger.balances("acme").get(0).raises()).hasSize(1);
  }

  @Test
  void a_request_raises_nothing_else() {
    Ledger ledger = each(ofCalls(1));
    Counted counted = take(ledger);
    ApprovalRequest ofTask = request(ledger, Point.BUDGET);
    ApprovalRequest asked = request(ledger, Point.TENANT_BUDGET);

    ledger.raise(ofTask, approval(ofTask, calls(2)));
    ledger.raise(asked, approval(asked, Answer.deny("eve", "no")));
    each().raise(asked, approval(asked, calls(2)));
    ledger.giveBack(counted);
    ledger.raise(asked, approval(asked, calls(2)));
    assertThat(ledger.balances("acme").get(0).raises()).as("it is not full any more").isEmpty();
    now = ELEVEN;
    take(ledger);
    ledger.raise(asked, approval(asked, calls(2)));
    assertThat(ledger.balances("acme").get(0).raises()).as("its period has ended").isEmpty();
    assertThat(raised).as("by the call that was given back").containsExactly("acme");
  }

  @Test
  void a_request_for_more_must_give_more() {
    Ledger ledger = each(ofCalls(1));
    take(ledger);
    ApprovalRequest asked = request(ledger, Point.TENANT_BUDGET);

    assertThatThrownBy(() -> ledger.requireMore(asked, calls(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("give it more");
    ledger.requireMore(asked, calls(2));
    ledger.requireMore(asked, Answer.deny("eve", "no"));
    now = ELEVEN;
    ledger.requireMore(asked, calls(1));
    assertThat(ledger.balances("acme").get(0).raises()).isEmpty();
  }

  /* The store. */

  @Test
  void a_record_of_a_tenant_without_a_budget_is_forgotten_once() {
    Ledger ledger = each();
    ledger.restore(Map.of("acme", new KeptAccount(List.of())));

    ledger.look();
    ledger.look();

    assertThat(writes).containsExactly("acme - BUFFERED");
    assertThat(ledger.balances()).isEmpty();
  }

  @Test
  void of_a_damaged_record_everything_is_spent_until_the_period_ends() {
    Ledger ledger = each(hourly(TaskBudget.ofCost(1e9)));
    Map<String, @Nullable KeptAccount> damaged = new HashMap<>();
    damaged.put("acme", null);

    ledger.restore(damaged);

    assertThat(ledger.take("acme", true)).isNull();
    for (TaskBudget limits :
        List.of(
            TaskBudget.none().withTokens(1L << 60),
            TaskBudget.none().withTime(Duration.ofDays(100_000)),
            TaskBudget.none().withAttempts(1_000_000_000),
            TaskBudget.none().withCalls(1_000_000_000))) {
      Ledger other = each(hourly(limits));
      other.restore(damaged);
      assertThat(other.take("acme", true)).as("%s", limits).isNull();
    }
    now = ELEVEN;
    assertThat(ledger.take("acme", true)).isNotNull();
  }

  private static KeptAccount kept(Duration length, Instant from, Instant begins, int calls) {
    Spent spent = new Spent(Usage.cost(1), Duration.ofSeconds(2), 3, calls);
    return new KeptAccount(
        List.of(new KeptAccount.Period(length, from, begins, spent, null, List.of())));
  }

  @Test
  void a_period_that_was_kept_goes_on_if_it_is_the_one_that_lasts() {
    Ledger ledger = each(ofCalls(9));
    ledger.restore(Map.of("acme", kept(HOUR, Instant.EPOCH, TEN, 4)));

    assertThat(spent(ledger)).isEqualTo(new Spent(Usage.cost(1), Duration.ofSeconds(2), 3, 4));

    Ledger later = each(ofCalls(9));
    later.restore(Map.of("acme", kept(HOUR, Instant.EPOCH, ELEVEN, 5)));
    assertThat(spent(later).calls()).as("the clock is behind").isEqualTo(5);
    assertThat(later.balances("acme").get(0).ends()).isEqualTo(ELEVEN.plus(HOUR));
  }

  @Test
  void a_period_that_was_kept_is_left_if_it_has_ended_or_is_of_another_budget() {
    for (KeptAccount other :
        List.of(
            kept(HOUR, Instant.EPOCH, TEN.minus(HOUR), 4),
            kept(DAY, Instant.EPOCH, TEN, 4),
            kept(HOUR, Instant.EPOCH.plusSeconds(1), TEN, 4))) {
      Ledger ledger = each(ofCalls(9));
      ledger.restore(Map.of("acme", other));
      assertThat(spent(ledger).calls()).isZero();
      assertThat(ledger.balances("acme").get(0).begins()).isEqualTo(TEN);
    }
  }

  @Test
  void what_the_store_did_not_keep_is_written_again_and_as_durably() {
    Ledger ledger = each(ofCalls(9));
    fails = true;
    Balance unused = ledger.raise("acme", HOUR, calls(12));
    assertThat(writes).containsExactly("acme DURABLE");

    ledger.look();
    fails = false;
    ledger.look();
    ledger.look();
    take(ledger);

    assertThat(writes)
        .containsExactly("acme DURABLE", "acme DURABLE", "acme DURABLE", "acme BUFFERED");
    assertThat(restarted(ofCalls(9)).balances("acme")).isEqualTo(ledger.balances("acme"));
  }

  @Test
  void a_store_that_has_come_back_gets_every_account() {
    Ledger ledger = each(ofCalls(9));
    take(ledger);
    assertThat(ledger.take("other", true)).isNotNull();
    store.clear();

    ledger.look();
    assertThat(store).as("it has kept them").isEmpty();
    ledger.keepAll();
    ledger.look();

    assertThat(store).containsOnlyKeys("acme", "other");
  }

  @Test
  void an_account_whose_periods_have_ended_is_forgotten() {
    Ledger ledger = each(ofCalls(1), TenantBudget.per(DAY, TaskBudget.none().withCalls(9)));
    take(ledger);
    now = ELEVEN;
    ledger.look();
    assertThat(store).as("the day lasts").containsKey("acme");

    now = Instant.parse("2026-03-03T00:00:00Z");
    ledger.look();

    assertThat(store).isEmpty();
    assertThat(writes).last().isEqualTo("acme - BUFFERED");
    assertThat(ledger.balances()).isEmpty();
    int before = writes.size();
    ledger.look();
    assertThat(writes).hasSize(before);
  }

  @Test
  void an_account_that_is_used_while_it_is_forgotten_stays() {
    Ledger ledger = each(ofCalls(1));
    take(ledger);
    now = ELEVEN;
    onWrite = () -> take(ledger);

    ledger.look();

    assertThat(spent(ledger).calls()).isEqualTo(1);
    assertThat(writes).endsWith("acme - BUFFERED", "acme BUFFERED");
    assertThat(store).containsKey("acme");
  }

  @Test
  void what_is_counted_during_a_write_is_written_after_it() {
    Ledger ledger = each(ofCalls(9));
    onWrite = () -> take(ledger);

    take(ledger);

    assertThat(writes).containsExactly("acme BUFFERED", "acme BUFFERED");
    assertThat(restarted(ofCalls(9)).balances("acme")).isEqualTo(ledger.balances("acme"));
    assertThat(spent(ledger).calls()).isEqualTo(2);
  }

  /** Steps at random, on a store that fails at times, against sums by hand. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void a_restart_finds_what_was_spent_after_any_steps(long seed) {
    Random random = new Random(seed);
    TenantBudget budget = hourly(TaskBudget.none().withCalls(6));
    Ledger ledger = each(budget);
    List<Counted> open = new ArrayList<>();
    Instant begins = TEN;
    int calls = 0;
    double cost = 0;
    for (int i = 0; i < 300; i++) {
      fails = random.nextInt(4) == 0;
      switch (random.nextInt(5)) {
        case 0, 1 -> {
          Counted counted = ledger.take("acme", random.nextBoolean());
          assertThat(counted == null).as("seed %s, step %s", seed, i).isEqualTo(calls >= 6);
          if (counted != null) {
            calls++;
            open.add(counted);
          }
        }
        case 2 -> {
          if (!open.isEmpty()) {
            Counted back = open.remove(random.nextInt(open.size()));
            ledger.giveBack(back);
            calls -= back.periods().get(0).equals(begins) ? 1 : 0;
          }
        }
        case 3 -> {
          Full unused = tab(ledger).count(Usage.cost(2), Duration.ZERO, Level.BUFFERED);
          cost += 2;
        }
        default -> {
          now = now.plus(Duration.ofMinutes(random.nextInt(20)));
          if (!now.isBefore(begins.plus(HOUR))) {
            begins = budget.begin(now);
            calls = 0;
            cost = 0;
          }
        }
      }
      assertThat(spent(ledger).calls()).as("seed %s, step %s", seed, i).isEqualTo(calls);
      assertThat(spent(ledger).usage().cost()).as("seed %s, step %s", seed, i).isEqualTo(cost);
    }
    fails = false;
    ledger.look();
    assertThat(restarted(budget).balances("acme")).isEqualTo(ledger.balances("acme"));
  }
}
