/* SPDX-License-Identifier: Apache-2.0 */

/** The answers of a tracker. */
@NullMarked
package dev.arbiter.tracker.summary;

import org.jspecify.annotations.NullMarked;
