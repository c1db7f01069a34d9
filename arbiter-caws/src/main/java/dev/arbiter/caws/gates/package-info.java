/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Quality gates that a host registers, so that it need not trust an agent's report.
 *
 * <p>Start at {@link QualityGates}. Gates read files through a {@link WorkTree}; {@link
 * QualityGates#command} runs a program.
 */
@NullMarked
package dev.arbiter.caws.gates;

import org.jspecify.annotations.NullMarked;
