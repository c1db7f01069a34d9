/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Lets agents learn from each other.
 *
 * <p>Start at {@link dev.arbiter.learning.Practices}: advice that is handed to later agents while
 * it helps.
 */
@NullMarked
package dev.arbiter.learning;

import org.jspecify.annotations.NullMarked;
