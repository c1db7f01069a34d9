/* SPDX-License-Identifier: Apache-2.0 */

/** To come. */
@NullMarked
package dev.arbiter.tracker;

import org.jspecify.annotations.NullMarked;
