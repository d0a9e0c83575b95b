package dev.turnbuckle.cli.demo;

import dev.turnbuckle.cli.out.Screen;
import dev.turnbuckle.session.TurnId;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A demo for programs: a line of JSON an event, the summary last. */
final class JsonStage implements Stage {
    private final Screen screen;

    JsonStage(Screen screen) {
        this.screen = screen;
    }

    private static ObjectNode of(String type) {
        return JsonMapper.shared().createObjectNode().put("type", type);
    }

    @Override
    public void begins(DemoFolder folder) {
        screen.json(of("demo").put("folder", folder.path().toString()));
    }

    @Override
    public void accepted(String text, TurnId turn) {
        screen.json(of("accepted").put("turn", turn.value()).put("text", text));
    }

    @Override
    public void event(WorkerProcess.Event event) {
        screen.json(of(event.type()).put("worker", event.worker().pid()).setAll((ObjectNode)
                event.json().deepCopy()));
    }

    @Override
    public void killed(WorkerProcess worker, String instant) {
        screen.json(of("killed").put("worker", worker.pid()).put("instant", instant));
    }

    @Override
    public void tookOver(WorkerProcess worker, WorkerProcess from, TurnId turn, Duration after) {
        screen.json(of("took_over")
                .put("worker", worker.pid())
                .put("from", from.pid())
                .put("turn", turn.value())
                .put("millis", after.toMillis()));
    }

    @Override
    public void counted(Tally.Count count, List<String> broken, Duration took) {
        ObjectNode summary = of("summary").put("ok", broken.isEmpty());
        summary.setAll((ObjectNode) JsonMapper.shared().valueToTree(count));
        broken.forEach(summary.putArray("broken")::add);
        screen.json(summary.put("millis", took.toMillis()));
    }

    @Override
    public void failed(String why) {
        screen.json(of("summary").put("ok", false).put("error", why));
    }
}
