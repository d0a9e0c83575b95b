package dev.turnbuckle.langchain4j;

import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.turnbuckle.model.ModelEvent;
import dev.turnbuckle.model.ModelRequest;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is special about a vendor. LangChain4j writes the request; what its types cannot hold (schemas as they are,
 * signatures block by block, roles that must alternate) is put into the request by {@link #amend} before it leaves. The
 * answer is read by a {@link Reader} of ours, because LangChain4j's loses what a durable turn needs: it takes a stream
 * that was cut for a whole answer, skips chunks that it cannot parse, and joins the signatures of several blocks.
 */
interface Dialect extends Form {
    Vendor vendor();

    List<Parameter> parameters(Endpoint endpoint);

    /** LangChain4j's client, which sends through {@code http}; made for each call, it holds nothing. */
    StreamingChatModel client(Endpoint endpoint, HttpClientBuilder http);

    /** Whether the vendor takes an answer's schema with such a request; otherwise it is told in words. */
    default boolean structures(ModelRequest request) {
        return true;
    }

    /** The last word on the request. */
    void amend(ObjectNode body, Call call);

    Reader reader(Failures failures, Consumer<ModelEvent> events);
}
