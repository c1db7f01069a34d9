/* SPDX-License-Identifier: Apache-2.0 */

/** Adds events up in sub-windows, and answers from them. */
@NullMarked
package dev.arbiter.tracker.internal.window;

import org.jspecify.annotations.NullMarked;
