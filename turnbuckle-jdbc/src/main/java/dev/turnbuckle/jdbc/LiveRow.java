package dev.turnbuckle.jdbc;

import dev.turnbuckle.live.Activity;
import dev.turnbuckle.live.Cursor;
import dev.turnbuckle.live.SessionEvent;

/**
 * One stored event.
 *
 * @param revision the newest one at this position
 * @param shown in microseconds
 * @param before size of all events of the session before it
 * @param json the activity as it is stored
 */
record LiveRow(String session, long position, long revision, long shown, long before, Activity activity, String json) {

    SessionEvent event(String incarnation) {
        return new SessionEvent(new Cursor(incarnation, revision, position, session), activity);
    }
}
