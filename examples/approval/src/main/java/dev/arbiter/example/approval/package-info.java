/* SPDX-License-Identifier: Apache-2.0 */

/** A task that waits for a person on the terminal. */
@NullMarked
package dev.arbiter.example.approval;

import org.jspecify.annotations.NullMarked;
