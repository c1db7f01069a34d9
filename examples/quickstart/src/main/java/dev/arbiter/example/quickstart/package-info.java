/* SPDX-License-Identifier: Apache-2.0 */

/** The ten lines of the README. */
@NullMarked
package dev.arbiter.example.quickstart;

import org.jspecify.annotations.NullMarked;
