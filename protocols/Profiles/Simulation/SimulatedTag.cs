namespace Penstock.Protocols.Profiles.Simulation;

/// <summary>One tag being played: its generator and the state of the generators that have one.</summary>
internal sealed class SimulatedTag
{
    private readonly int _seed;
    private readonly double _noise;
    private readonly double _perHour;
    private double _state;

    public SimulatedTag(RegisterDefinition register, DeviceProfile profile, int seed)
    {
        Register = register;
        _seed = seed;
        var entry = profile.Simulate.Tags.FirstOrDefault(g => Loading.NamePattern.Fits(g.Pattern, register.Tag));
        _noise = entry?.Noise ?? 0;
        Generator = entry?.Generator ?? DefaultGenerators.For(register, profile);
        (_state, _perHour) = Generator switch
        {
            RandomWalkGenerator walk => (walk.Start, 0),
            IntegrateGenerator sum => (sum.Start, Integration.PerHour(profile.Registers.FirstOrDefault(r => r.Tag == sum.Tag)?.Unit, register.Unit)),
            _ => (0, 0),
        };
    }

    public RegisterDefinition Register { get; }

    public Generator Generator { get; }

    /// <summary>Moves the state on by one step. A source that is itself summed up has no value here and adds nothing.</summary>
    public void Step(long step, TimeSpan length, Func<string, double> valueOf)
    {
        switch (Generator)
        {
            case RandomWalkGenerator walk:
                var next = _state + (walk.Step * ((2 * Chance.Uniform(_seed, Register.Tag, step)) - 1));
                _state = next < walk.Low ? Math.Min(walk.High, (2 * walk.Low) - next) : next > walk.High ? Math.Max(walk.Low, (2 * walk.High) - next) : next;
                break;
            case IntegrateGenerator sum:
                var rate = sum.Tag is { } tag ? valueOf(tag) * _perHour : sum.RatePerHour;
                _state += (Register.Counter ? Math.Max(0, rate) : rate) * length.TotalHours;
                break;
        }
    }

    /// <summary>The value without noise.</summary>
    public double Level(TimeSpan elapsed) => Generator switch
    {
        ConstantGenerator g => g.Value,
        SineGenerator g => g.Mean + (g.Swing * Math.Sin(2 * Math.PI * (Share(elapsed, g.Period) + g.Phase))),
        RampGenerator g => g.From + ((g.To - g.From) * Share(elapsed, g.Period)),
        SquareGenerator g => Share(elapsed, g.Period) < 0.5 ? g.Low : g.High,
        StepsGenerator g => g.Values[(int)(elapsed.Ticks / g.Every.Ticks % g.Values.Count)],
        TextGenerator g => Labelled(g.Value),
        _ => _state,
    };

    public SimulatedValue Value(TimeSpan elapsed)
    {
        if (Generator is TextGenerator text && Register.Type == RegisterType.Text)
            return new(0, text.Value);
        var noise = _noise == 0 ? 0 : _noise * Chance.Normal(_seed, Register.Tag, elapsed.Ticks / TimeSpan.TicksPerMillisecond / 100);
        var value = Level(elapsed) + noise;
        return new(Register.Valid is { } valid ? Math.Clamp(value, valid.Low, valid.High) : value, null);
    }

    private double Labelled(string label) => Register.Labels?.FirstOrDefault(l => l.Value == label).Key ?? 0;

    private static double Share(TimeSpan elapsed, TimeSpan period) => (double)(elapsed.Ticks % period.Ticks) / period.Ticks;
}

/// <summary>How fast a sum grows when it adds up another tag: W into kWh, m3/h into m3.</summary>
internal static class Integration
{
    /// <summary>Growth of the sum per hour for a source of 1.</summary>
    public static double PerHour(string? source, string? sum)
    {
        var perHour = source switch
        {
            null => 1.0,
            _ when source.EndsWith("/s", StringComparison.Ordinal) => 3600,
            _ when source.EndsWith("/min", StringComparison.Ordinal) || source == "rpm" => 60,
            _ => 1,
        };
        return perHour * Prefix(source) / Prefix(sum);
    }

    private static double Prefix(string? unit) => unit switch
    {
        "kW" or "kWh" or "kvar" or "kvarh" or "kVA" or "kVAh" => 1e3,
        "MW" or "MWh" or "Mvar" or "Mvarh" or "MVA" => 1e6,
        "GWh" => 1e9,
        "mA" or "mAh" or "mW" => 1e-3,
        _ => 1,
    };
}
