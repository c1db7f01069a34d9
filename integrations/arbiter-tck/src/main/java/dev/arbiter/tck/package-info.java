/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The tests an implementation of a socket inherits.
 *
 * <p>Extend the contract of your socket, give it a fresh instance, and run it like any other JUnit
 * class: {@link dev.arbiter.tck.JournalContract}, {@link dev.arbiter.tck.TaskQueueContract}.
 */
@NullMarked
package dev.arbiter.tck;

import org.jspecify.annotations.NullMarked;
