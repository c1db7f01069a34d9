/* SPDX-License-Identifier: Apache-2.0 */

/** Races of the tracker's lock-free parts, for jcstress. */
package dev.arbiter.tracker.stress;
