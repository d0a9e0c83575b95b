package dev.turnbuckle.tool;

/** @param arguments JSON object, already checked against the tool's schema */
public record ToolCall(String id, String name, String arguments) {}
