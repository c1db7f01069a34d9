/* SPDX-License-Identifier: Apache-2.0 */

/** Decides between agents that disagree. */
@NullMarked
package dev.arbiter.arbitration;

import org.jspecify.annotations.NullMarked;
