/* SPDX-License-Identifier: Apache-2.0 */

/** Checks the evidence files. */
@NullMarked
package dev.arbiter.caws.events;

import org.jspecify.annotations.NullMarked;
