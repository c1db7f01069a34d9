/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import dev.arbiter.tracker.internal.Disk;
import dev.arbiter.tracker.internal.Json;
import dev.arbiter.tracker.privacy.PrivateAnswer.Reason;
import dev.arbiter.tracker.privacy.PrivateAnswer.Withheld;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The spent budgets, and the paid answers. Guarded by the owner's lock. */
final class BudgetLedger implements Closeable {
  private static final int MOST_ACCOUNTS = 1 << 17;
  private static final int MOST_ANSWERS = 1 << 14;
  private static final long MOST_PERIODS = 1024;
  private static final String FLOOR = "forgottenBefore";

  private final BudgetLedgerFile file;
  private final PrivacyBudget budget;
  private final Map<Account, Spent> accounts = new HashMap<>();
  private final Map<String, SpendEntry> answers = new LinkedHashMap<>();
  private long floor = Long.MIN_VALUE;

  private record Account(String tenant, long period) {}

  private record Spent(long epsilonMicros, long deltaFemtos) {
    static final Spent NOTHING = new Spent(0, 0);

    Spent plus(SpendEntry charge) {
      return new Spent(
          Math.addExact(epsilonMicros, charge.epsilonMicros()),
          Math.addExact(deltaFemtos, charge.deltaFemtos()));
    }
  }

  private BudgetLedger(BudgetLedgerFile file, PrivacyBudget budget) {
    this.file = file;
    this.budget = budget;
  }

  static BudgetLedger open(Path path, PrivacyBudget budget, Disk disk) throws IOException {
    BudgetLedgerFile file = BudgetLedgerFile.open(path, disk);
    try {
      BudgetLedger ledger = new BudgetLedger(file, budget);
      ledger.readBack();
      return ledger;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private void readBack() throws IOException {
    List<Json.Fields> lines = file.read();
    if (lines.isEmpty()) {
      file.append(header());
      return;
    }
    Json.Fields header = lines.get(0);
    long seconds = header.whole("periodSeconds");
    if (seconds != budget.period().toSeconds()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "privacy.period is %s, but the ledger counts in periods of %s s; say that, or "
                  + "begin another ledger",
              budget.period(),
              seconds));
    }
    floor = header.whole(FLOOR);
    for (Json.Fields line : lines.subList(1, lines.size())) {
      add(SpendEntry.read(line));
    }
  }

  private Map<String, Object> header() {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("periodSeconds", budget.period().toSeconds());
    header.put(FLOOR, floor);
    return header;
  }

  private void add(SpendEntry charge) {
    answers.put(charge.question(), charge);
    for (long period = charge.first(); period <= charge.last(); period++) {
      Account account = new Account(charge.tenant(), period);
      accounts.put(account, accounts.getOrDefault(account, Spent.NOTHING).plus(charge));
    }
  }

  @Nullable SpendEntry answered(String question) {
    return answers.get(question);
  }

  /** The cost of a question, without figures yet. */
  SpendEntry quote(PrivateQuestion question, String digest, double countDeviation) {
    return new SpendEntry(
        question.tenant(),
        digest,
        period(question.from()),
        period(question.to().minusNanos(1)),
        PrivacyUnits.micros(question.epsilon()),
        question.known().isEmpty() ? PrivacyUnits.femtos(question.delta()) : 0,
        countDeviation,
        List.of());
  }

  private long period(Instant at) {
    return Math.floorDiv(at.getEpochSecond(), budget.period().toSeconds());
  }

  /** Returns why a question cannot be charged; null if it can. */
  @Nullable Withheld refuse(SpendEntry charge) {
    if (file.isFailed()) {
      return new Withheld(Reason.LEDGER, "the ledger could not be written; open it anew");
    }
    if (charge.first() < floor || charge.last() - charge.first() >= MOST_PERIODS) {
      return new Withheld(
          Reason.PERIOD,
          String.format(
              Locale.ROOT,
              "periods %s to %s are more than 1024, or begin before the forgotten %s",
              charge.first(),
              charge.last(),
              floor));
    }
    if (answers.size() >= MOST_ANSWERS
        || accounts.size() + charge.last() - charge.first() >= MOST_ACCOUNTS) {
      return new Withheld(Reason.LEDGER, "the ledger is full; let it forget old periods");
    }
    for (long period = charge.first(); period <= charge.last(); period++) {
      Spent after = spent(charge.tenant(), period).plus(charge);
      if (after.epsilonMicros > PrivacyUnits.micros(budget.epsilon())
          || after.deltaFemtos > PrivacyUnits.femtos(budget.delta())) {
        return new Withheld(
            Reason.BUDGET,
            String.format(
                Locale.ROOT,
                "tenant %s would have spent epsilon %s and delta %s in period %s; its budget is "
                    + "%s and %s",
                charge.tenant(),
                PrivacyUnits.epsilon(after.epsilonMicros),
                PrivacyUnits.delta(after.deltaFemtos),
                period,
                budget.epsilon(),
                budget.delta()));
      }
    }
    return null;
  }

  private Spent spent(String tenant, long period) {
    return accounts.getOrDefault(new Account(tenant, period), Spent.NOTHING);
  }

  /** Makes a charge last; only then may its figures leave. */
  void commit(SpendEntry charge) throws IOException {
    Map<String, Object> fields = charge.fields();
    SpendEntry.readBack(fields, charge);
    file.append(fields);
    add(charge);
  }

  PrivateStatistics.Rest left(String tenant, Instant at) {
    long period = period(at);
    Spent spent =
        period < floor
            ? new Spent(PrivacyUnits.micros(budget.epsilon()), PrivacyUnits.femtos(budget.delta()))
            : spent(tenant, period);
    return new PrivateStatistics.Rest(
        PrivacyUnits.epsilon(
            Math.max(0, PrivacyUnits.micros(budget.epsilon()) - spent.epsilonMicros)),
        PrivacyUnits.delta(Math.max(0, PrivacyUnits.femtos(budget.delta()) - spent.deltaFemtos)));
  }

  /** Removes periods that ended by then, and answers that reach no further. */
  void forget(Instant before) throws IOException {
    long newFloor = Math.max(floor, period(before));
    List<Map<String, ?>> lines = new ArrayList<>();
    List<SpendEntry> kept =
        answers.values().stream().filter(charge -> charge.last() >= newFloor).toList();
    long oldFloor = floor;
    floor = newFloor;
    lines.add(header());
    kept.forEach(charge -> lines.add(charge.fields()));
    try {
      file.rewrite(lines);
    } catch (IOException e) {
      floor = oldFloor;
      throw e;
    }
    answers.clear();
    accounts.clear();
    kept.forEach(this::add);
    accounts.keySet().removeIf(account -> account.period() < floor);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
