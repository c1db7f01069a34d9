/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The sockets: what the engine needs from others, each small enough to implement in an afternoon.
 *
 * <p>Every socket states its threads, its order, what may be thrown and what a crash leaves. {@code
 * arbiter-tck} holds the tests an implementation inherits.
 */
@NullMarked
package dev.arbiter.spi;

import org.jspecify.annotations.NullMarked;
