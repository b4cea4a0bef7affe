using Penstock.Protocols.Profiles.Simulation;
using Penstock.Protocols.Profiles.Yaml;

namespace Penstock.Protocols.Profiles.Loading;

/// <summary>Reads one generator of <c>simulate:</c>.</summary>
internal static class GeneratorReader
{
    private static readonly string[] LaterGenerators = ["day_curve", "replay"];

    private static readonly System.Buffers.SearchValues<char> Operators = System.Buffers.SearchValues.Create("()*/+<>=");

    /// <param name="later">True when it needs a part of the format that this version does not play.</param>
    public static Generator? Read(MapReader reader, out bool later)
    {
        later = LaterGenerators.Any(reader.Has);
        if (later)
            return null;
        if (reader.Has("value"))
            return Constant(reader, out later);
        if (reader.Has("integrate"))
            return Integrate(reader, out later);
        if (reader.Has("steps"))
            return Steps(reader);
        Generator? generator = Sine(reader);
        generator ??= Ramp(reader);
        generator ??= Square(reader);
        generator ??= RandomWalk(reader);
        if (generator is null)
            reader.Error(Codes.MissingKey, reader.Map.At, $"{reader.What} has no generator", "write one of value, sine, ramp, square, random_walk, steps, integrate.");
        return generator;
    }

    private static Generator? Constant(MapReader reader, out bool later)
    {
        later = false;
        if (reader.Text("value") is not { } text)
            return null;
        if (Scalars.TryNumber(text, out var number))
            return new ConstantGenerator(number);
        later = text.AsSpan().ContainsAny(Operators);
        return later ? null : new TextGenerator(text);
    }

    private static IntegrateGenerator Integrate(MapReader reader, out bool later)
    {
        later = false;
        var start = reader.Number("start") ?? 0;
        var what = reader.Text("integrate") ?? "0";
        return Scalars.TryNumber(what, out var rate) ? new(null, rate, start) : new(what, 0, start);
    }

    private static SineGenerator? Sine(MapReader reader)
    {
        if (reader.Block("sine", "the sine") is not { } sine)
            return null;
        var generator = new SineGenerator(sine.Number("mean") ?? 0, sine.Number("swing") ?? 1, Period(sine), sine.Number("phase") ?? 0);
        sine.Done();
        return generator;
    }

    private static RampGenerator? Ramp(MapReader reader)
    {
        if (reader.Block("ramp", "the ramp") is not { } ramp)
            return null;
        var generator = new RampGenerator(ramp.Number("from") ?? 0, ramp.Number("to") ?? 1, Period(ramp));
        ramp.Done();
        return generator;
    }

    private static SquareGenerator? Square(MapReader reader)
    {
        if (reader.Block("square", "the square wave") is not { } square)
            return null;
        var generator = new SquareGenerator(square.Number("low") ?? 0, square.Number("high") ?? 1, Period(square));
        square.Done();
        return generator;
    }

    private static RandomWalkGenerator? RandomWalk(MapReader reader)
    {
        if (reader.Block("random_walk", "the random walk") is not { } walk)
            return null;
        var (low, high) = (walk.Number("low") ?? 0, walk.Number("high") ?? 1);
        if (low >= high)
            walk.Error(Codes.Range, walk.Map.At, "\"low\" is not below \"high\"", "write  random_walk: {start: 45, step: 0.3, low: 30, high: 70}");
        var generator = new RandomWalkGenerator(walk.Number("start") ?? ((low + high) / 2), Math.Abs(walk.Number("step") ?? ((high - low) / 100)), low, high);
        walk.Done();
        return generator;
    }

    private static StepsGenerator? Steps(MapReader reader)
    {
        var values = new List<double>();
        foreach (var item in reader.List("steps"))
        {
            if (item is YamlScalar { Text: var text } && Scalars.TryNumber(text, out var number))
                values.Add(number);
            else
                reader.Error(Codes.WrongValue, item.At, "\"steps\" has to be a list of numbers", "write  {steps: [0, 1, 2], every: 30s}");
        }

        var every = reader.Duration("every", TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)) ?? TimeSpan.FromSeconds(10);
        return values.Count == 0 ? null : new StepsGenerator(values, every);
    }

    private static TimeSpan Period(MapReader reader) =>
        reader.Duration("period", TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(366)) ?? TimeSpan.FromMinutes(1);
}
