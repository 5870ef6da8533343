package io.wherry.spi;

/**
 * A native extra of a backend, asked for by type with {@link Backend#facet}. Never needed for the
 * contract.
 */
public interface Facet {}
