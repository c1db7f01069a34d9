/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Detects when an agent, or a resource it runs on, is suddenly worse than before, and sends alerts.
 *
 * <p>Start at {@link dev.arbiter.tracker.alert.Alerts}. It receives finished attempts, judgements
 * and gauges; an {@link dev.arbiter.tracker.alert.AlertChannel} delivers the alerts.
 *
 * <pre>{@code
 * attempt, verdict --> AgentWatches --> AgentWatch (one for each agent)
 *                                         |-- LearnedNorm   the usual behaviour
 *                                         |-- RecentMarks   the last attempts
 *                                         '-- RuleRunner    LatencyRule, ShareRule
 * gauge -------------> GaugeWatch           |
 *                         '---- FiringState (begin, cooldown, end)
 *                                   |
 *                                Outbox (queue, retries) --> AlertChannel
 *                                               MailChannel, WebhookChannel, log
 * }</pre>
 */
@NullMarked
package dev.arbiter.tracker.alert;

import org.jspecify.annotations.NullMarked;
