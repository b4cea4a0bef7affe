namespace Penstock.Protocols.Profiles.Simulation;

/// <summary>What a tag plays when its profile says nothing: plausible from label, range and unit, and moving.</summary>
internal static class DefaultGenerators
{
    public static Generator For(RegisterDefinition register, DeviceProfile profile)
    {
        if (profile.Registers.Any(r => r.ScaleFrom == register.Tag))
            return new ConstantGenerator(Math.Clamp(0, register.Valid?.Low ?? 0, register.Valid?.High ?? 0));
        return register switch
        {
            { Type: RegisterType.Text } => new TextGenerator("SIM"),
            { Type: RegisterType.Bool } => new SquareGenerator(0, 1, TimeSpan.FromMinutes(2)),
            { Labels: { Count: > 0 } labels } => new StepsGenerator([.. labels.Keys.Order().Select(k => (double)k)], TimeSpan.FromSeconds(30)),
            { Counter: true } => new IntegrateGenerator(null, 10, 1000),
            { Poll.Interval: null } => new ConstantGenerator(register.Valid?.Low ?? 1),
            { Normal: { } normal } => Wave((normal.Low + normal.High) / 2, (normal.High - normal.Low) / 4),
            { Valid: { Low: < 0, High: > 0 } valid } => Wave(valid.High * 0.1, valid.High * 0.02),
            { Valid: { } valid } => Wave((valid.Low + valid.High) / 2, (valid.High - valid.Low) / 20),
            _ => new RampGenerator(0, 100 * Math.Abs(register.Scale), TimeSpan.FromMinutes(2)),
        };
    }

    private static SineGenerator Wave(double mean, double swing) => new(mean, swing, TimeSpan.FromMinutes(3), 0);
}
