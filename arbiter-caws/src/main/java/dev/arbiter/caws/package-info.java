/* SPDX-License-Identifier: Apache-2.0 */

/** To come. */
@NullMarked
package dev.arbiter.caws;

import org.jspecify.annotations.NullMarked;
