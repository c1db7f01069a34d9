/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Rules for every task, beside its working spec: transparency, accountability, safety, fairness,
 * privacy, reliability.
 *
 * <pre>{@code
 * Task, WorkReport --> Facts -----------+
 *                                       v
 * ConstitutionalRules --> ConstitutionalRule --> Condition (Operator, value)
 *  (or DefaultRules)       (Phase, Remedy)          | broken or missing
 *                                                   v
 *           listener <-------------------- Assessment (Violation*, score)
 *                                                   |
 *                                                   v
 *                           admission and judgement of dev.arbiter.caws
 * }</pre>
 *
 * <p>Start at {@link ConstitutionalRules}; give it to {@code Caws.builder().rules(...)}.
 */
@NullMarked
package dev.arbiter.caws.rules;

import org.jspecify.annotations.NullMarked;
