/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.insight.Insight;
import dev.arbiter.spi.Approvers;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.Constitution;
import dev.arbiter.spi.Durable;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.Sources;
import dev.arbiter.spi.Store;
import dev.arbiter.spi.TaskInterceptor;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parts and limits of an {@link Arbiter}, as {@link ArbiterBuilder} checked them. */
record EngineConfig(
    Router router,
    Constitution constitution,
    PerformanceView performance,
    Store store,
    Sources sources,
    List<ArbiterListener> listeners,
    List<TaskInterceptor> interceptors,
    int fallbacks,
    int concurrency,
    int queueCapacity,
    Duration attemptLimit,
    Duration closeLimit,
    Duration storeLimit,
    Map<String, AfterCrash> afterCrash,
    List<Durable> durables,
    RetryPolicy retries,
    Hedging hedging,
    Ejection ejection,
    Recovery recovery,
    Insight insight,
    @Nullable Approvers approvers,
    int waitingCapacity,
    Map<String, List<TenantBudget>> tenantBudgets,
    List<TenantBudget> eachTenantBudgets,
    Map<String, Duration> attemptLimits,
    Guards guards,
    Rates rates,
    Breaker breaker) {

  AfterCrash afterCrash(Task task) {
    return afterCrash.getOrDefault(task.type(), AfterCrash.RUN_AGAIN_IF_IDEMPOTENT);
  }
}
