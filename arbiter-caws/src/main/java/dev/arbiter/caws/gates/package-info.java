/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Checks that a host registers as quality gates, instead of believing what an agent reports.
 *
 * <p>Start at {@link QualityGates}. What looks into files does so through a {@link WorkTree}; what
 * runs a program is a {@link CommandGate}.
 */
@NullMarked
package dev.arbiter.caws.gates;

import org.jspecify.annotations.NullMarked;
