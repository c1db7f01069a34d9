/* SPDX-License-Identifier: Apache-2.0 */

/** Files of practices that anyone may have written. */
@NullMarked
package dev.arbiter.learning;

import org.jspecify.annotations.NullMarked;
