/**
 * Models of the vendors, and any model of LangChain4j.
 *
 * <p>{@link VendorModels} makes a model from a name such as {@code openai:gpt-5-mini}; {@link LangChain4jModel} wraps one
 * that the host has built. A call runs on the calling thread from the first byte to the last, retries nothing (the
 * turn does) and ends either with an answer or with a typed {@link dev.turnbuckle.model.ModelFailure}.
 */
@NullMarked
package dev.turnbuckle.langchain4j;

import org.jspecify.annotations.NullMarked;
