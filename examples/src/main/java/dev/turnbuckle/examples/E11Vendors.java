package dev.turnbuckle.examples;

import dev.turnbuckle.Turnbuckle;
import dev.turnbuckle.langchain4j.ModelLimiter;
import dev.turnbuckle.langchain4j.Vendor;
import dev.turnbuckle.langchain4j.VendorModels;
import java.io.PrintStream;
import java.util.Map;

/**
 * Models of vendors, by name. Says which ones there are; with a question it asks them, for which it needs their keys in
 * the environment.
 */
public final class E11Vendors {
    private E11Vendors() {}

    // docs:vendors
    /** Keys come from the environment. When the first model cannot answer, the second one is asked. */
    static Turnbuckle runtime(VendorModels models) {
        VendorModels careful = models.parameter("max_tokens", "2000")
                .limiter(ModelLimiter.requests(8).tokens(200_000));
        return Turnbuckle.builder()
                .model(careful.model("openai:gpt-5-mini"), careful.model("anthropic:claude-sonnet-4-6"))
                .build();
    }
    // docs:end

    static void list(Map<String, String> environment, PrintStream out) {
        for (Vendor vendor : VendorModels.vendors()) {
            String key = vendor.keyVariables().isEmpty() ? "no key" : String.join(" or ", vendor.keyVariables());
            out.println(vendor.example() + " (" + key + "): "
                    + (vendor.configured(environment) ? "can be asked" : "not configured"));
        }
    }

    public static void main(String[] args) {
        list(System.getenv(), System.out);
        if (args.length > 0) {
            try (Turnbuckle turnbuckle = runtime(VendorModels.fromEnvironment())) {
                System.out.println(turnbuckle.session("user-42").ask(String.join(" ", args)));
            }
        }
    }
}
