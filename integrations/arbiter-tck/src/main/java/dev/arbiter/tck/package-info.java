/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The tests that an implementation of a socket inherits.
 *
 * <p>Extend the contract of your socket, return a fresh instance from its factory method, and run
 * it as a JUnit test: {@link dev.arbiter.tck.StoreContract}.
 */
@NullMarked
package dev.arbiter.tck;

import org.jspecify.annotations.NullMarked;
