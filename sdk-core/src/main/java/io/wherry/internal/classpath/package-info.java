/**
 * The class path of a Java program as content: what a class or a jar needs to run elsewhere, frozen
 * by digest. May use {@code spec}, {@code spi} and {@code internal.snapshot}, and nothing else of
 * Wherry.
 */
@NullMarked
package io.wherry.internal.classpath;

import org.jspecify.annotations.NullMarked;
