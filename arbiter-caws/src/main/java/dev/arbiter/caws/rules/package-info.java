/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Rules about what is done at run time, beside what a working spec says about one task:
 * transparency, accountability, safety, fairness, privacy, reliability.
 *
 * <p>Start at {@link ConstitutionalRules}; give it to {@code Caws.builder().rules(...)}.
 */
@NullMarked
package dev.arbiter.caws.rules;

import org.jspecify.annotations.NullMarked;
