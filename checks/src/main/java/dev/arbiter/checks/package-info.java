/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Programs that the build runs.
 *
 * <p>{@link dev.arbiter.checks.SkippedTests} ends every build; {@link
 * dev.arbiter.checks.ApiBaseline} runs when an API change was decided.
 */
@NullMarked
package dev.arbiter.checks;

import org.jspecify.annotations.NullMarked;
