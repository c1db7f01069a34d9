/* SPDX-License-Identifier: Apache-2.0 */

/** To come. */
@NullMarked
package dev.arbiter.routing;

import org.jspecify.annotations.NullMarked;
