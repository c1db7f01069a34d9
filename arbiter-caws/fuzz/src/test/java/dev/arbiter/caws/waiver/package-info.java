/* SPDX-License-Identifier: Apache-2.0 */

@NullMarked
package dev.arbiter.caws.waiver;

import org.jspecify.annotations.NullMarked;
