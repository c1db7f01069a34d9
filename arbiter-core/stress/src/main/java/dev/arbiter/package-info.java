/* SPDX-License-Identifier: Apache-2.0 */

/** Races of the engine's parts, for jcstress. They are in its package because it is hidden. */
@NullMarked
package dev.arbiter;

import org.jspecify.annotations.NullMarked;
