package dev.turnbuckle.cli.tools;

import dev.turnbuckle.error.InvalidInputException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Arithmetic as it is written: {@code + - * / % ^}, parentheses, {@code sqrt abs round min max}, numbers with a decimal
 * point or an exponent. Decimals are exact; what has no end as a decimal (a third, a root) is rounded to 34 digits.
 */
final class Calculator {
    /** Bound of an expression, in characters. */
    static final int MAX_CHARS = 1_000;

    /** Bound of how deep parentheses and signs nest. */
    static final int MAX_DEPTH = 100;

    /** Bound of the digits of any value on the way. */
    static final int MAX_DIGITS = 10_000;

    /** Bound of how far a value's point may be from its digits. */
    private static final int MAX_SCALE = 10_000;

    private static final MathContext ROUNDED = MathContext.DECIMAL128;

    private final String text;
    private int at;
    private int depth;

    private Calculator(String text) {
        this.text = text;
    }

    /** @throws InvalidInputException naming the place that is wrong, or the bound */
    static String result(String expression) {
        if (expression.length() > MAX_CHARS) {
            throw new InvalidInputException("an expression has " + MAX_CHARS + " characters at most, this one has "
                    + expression.length() + "; calculate it in parts");
        }
        var calculator = new Calculator(expression);
        try {
            BigDecimal value = calculator.sum();
            calculator.skipBlanks();
            if (calculator.at < expression.length()) {
                throw calculator.unexpected();
            }
            BigDecimal plain = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
            boolean large = plain.precision() - plain.scale() > 40 || plain.scale() > 40;
            return large ? plain.toString() : plain.toPlainString();
        } catch (ArithmeticException e) {
            throw new InvalidInputException("cannot be calculated: " + e.getMessage());
        }
    }

    private BigDecimal sum() {
        BigDecimal value = product();
        while (true) {
            if (take('+')) {
                value = bounded(value.add(product()));
            } else if (take('-') || take('−')) {
                value = bounded(value.subtract(product()));
            } else {
                return value;
            }
        }
    }

    private BigDecimal product() {
        BigDecimal value = signed();
        while (true) {
            if (take('*') || take('×') || take('·')) {
                value = bounded(value.multiply(signed()));
            } else if (take('/') || take('÷')) {
                value = quotient(value, signed());
            } else if (take('%')) {
                value = value.remainder(nonZero(signed()));
            } else {
                return value;
            }
        }
    }

    /** A sign binds less than a power: {@code -2^2} is -4. */
    private BigDecimal signed() {
        deeper();
        try {
            if (take('-') || take('−')) {
                return signed().negate();
            }
            return take('+') ? signed() : power();
        } finally {
            depth--;
        }
    }

    /** Powers bind to the right: {@code 2^3^2} is 512. */
    private BigDecimal power() {
        BigDecimal base = primary();
        if (!take('^')) {
            return base;
        }
        BigDecimal exponent = signed();
        int whole;
        try {
            whole = exponent.intValueExact();
        } catch (ArithmeticException e) {
            throw new InvalidInputException(
                    "an exponent is a whole number, not " + exponent.toPlainString() + "; sqrt(x) is the square root");
        }
        if (Math.abs((long) whole) * Math.max(1, base.precision()) > MAX_DIGITS) {
            throw tooLarge();
        }
        return whole < 0 ? quotient(BigDecimal.ONE, base.pow(-whole)) : bounded(base.pow(whole));
    }

    private BigDecimal primary() {
        skipBlanks();
        if (take('(')) {
            BigDecimal value = sum();
            expect(')');
            return value;
        }
        char c = at < text.length() ? text.charAt(at) : ' ';
        if (Character.isLetter(c)) {
            return function();
        }
        if (isDigit(c) || c == '.') {
            return number();
        }
        throw unexpected();
    }

    private BigDecimal function() {
        int from = at;
        while (at < text.length() && Character.isLetter(text.charAt(at))) {
            at++;
        }
        String name = text.substring(from, at);
        expect('(');
        BigDecimal value = sum();
        BigDecimal result = switch (name) {
            case "sqrt" -> value.sqrt(ROUNDED);
            case "abs" -> value.abs();
            case "round" -> take(',') ? rounded(value, sum()) : rounded(value, BigDecimal.ZERO);
            case "min" -> extreme(value, false);
            case "max" -> extreme(value, true);
            default ->
                throw new InvalidInputException(
                        "\"" + name + "\" is no function; there are sqrt, abs, round(x, digits), min, max");
        };
        expect(')');
        return result;
    }

    private static BigDecimal rounded(BigDecimal value, BigDecimal digits) {
        int places = digits.intValueExact();
        if (Math.abs((long) places) > MAX_SCALE) {
            throw tooLarge();
        }
        return value.setScale(places, RoundingMode.HALF_UP);
    }

    private BigDecimal extreme(BigDecimal first, boolean largest) {
        BigDecimal value = first;
        while (take(',')) {
            BigDecimal next = sum();
            value = largest ? value.max(next) : value.min(next);
        }
        return value;
    }

    private BigDecimal number() {
        int from = at;
        digits();
        if (at < text.length() && text.charAt(at) == '.') {
            at++;
            digits();
        }
        if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            exponent();
        }
        String written = text.substring(from, at).replace("_", "");
        try {
            return bounded(new BigDecimal(written));
        } catch (NumberFormatException e) {
            throw new InvalidInputException("\"" + written + "\" is no number");
        }
    }

    private void digits() {
        while (at < text.length() && (isDigit(text.charAt(at)) || text.charAt(at) == '_')) {
            at++;
        }
    }

    private void exponent() {
        at++;
        if (at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
            at++;
        }
        digits();
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static BigDecimal quotient(BigDecimal a, BigDecimal b) {
        nonZero(b);
        try {
            BigDecimal exact = a.divide(b);
            return exact.precision() > MAX_DIGITS ? a.divide(b, ROUNDED) : bounded(exact);
        } catch (ArithmeticException endless) {
            return a.divide(b, ROUNDED);
        }
    }

    private static BigDecimal nonZero(BigDecimal divisor) {
        if (divisor.signum() == 0) {
            throw new InvalidInputException("division by zero");
        }
        return divisor;
    }

    private static BigDecimal bounded(BigDecimal value) {
        if (value.precision() > MAX_DIGITS || Math.abs((long) value.scale()) > MAX_SCALE) {
            throw tooLarge();
        }
        return value;
    }

    private static InvalidInputException tooLarge() {
        return new InvalidInputException("a value on the way has more than " + MAX_DIGITS + " digits");
    }

    private void deeper() {
        if (++depth > MAX_DEPTH) {
            throw new InvalidInputException("nested more than " + MAX_DEPTH + " deep");
        }
    }

    private void skipBlanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private boolean take(char c) {
        skipBlanks();
        boolean there = at < text.length() && text.charAt(at) == c;
        at += there ? 1 : 0;
        return there;
    }

    private void expect(char c) {
        if (!take(c)) {
            throw unexpected();
        }
    }

    private InvalidInputException unexpected() {
        return new InvalidInputException(
                at < text.length()
                        ? "\"" + text.charAt(at) + "\" is not expected at character " + (at + 1)
                        : "the expression ends too early");
    }
}
