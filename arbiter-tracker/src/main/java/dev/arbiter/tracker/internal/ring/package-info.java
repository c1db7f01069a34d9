/* SPDX-License-Identifier: Apache-2.0 */

/** Takes events from many threads and hands each to one reader. */
@NullMarked
package dev.arbiter.tracker.internal.ring;

import org.jspecify.annotations.NullMarked;
