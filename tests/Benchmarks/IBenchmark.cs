namespace Penstock.Benchmarks;

/// <summary>Measures one thing against its goal. Ratios are taken within one run.</summary>
internal interface IBenchmark
{
    /// <summary>Name on the command line.</summary>
    string Name { get; }

    Task<IReadOnlyList<Figure>> RunAsync(Action<string> say);
}

/// <summary>One line of the table. <see cref="Reached"/> is null when the figure has no goal.</summary>
internal sealed record Figure(string What, string Value, string Goal = "", bool? Reached = null)
{
    public static Figure AtMost(string what, double value, double goal, string unit) =>
        new(what, Text(value, unit), $"<= {Text(goal, unit)}", value <= goal);

    public static Figure AtLeast(string what, double value, double goal, string unit = "") =>
        new(what, Text(value, unit), $">= {Text(goal, unit)}", value >= goal);

    public static Figure Plain(string what, double value, string unit) => new(what, Text(value, unit));

    public override string ToString() => $"| {What} | {Value} | {Goal} | {Reached switch { true => "yes", false => "NO", null => "" }} |";

    private static string Text(double value, string unit) =>
        FormattableString.Invariant($"{(Math.Abs(value) >= 100 ? Math.Round(value) : Math.Round(value, 2))} {unit}").TrimEnd();
}
