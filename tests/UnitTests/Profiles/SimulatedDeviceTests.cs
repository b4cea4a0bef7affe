using Penstock.Protocols.Profiles;
using Penstock.Protocols.Profiles.Simulation;
using Xunit;

namespace Penstock.UnitTests.Profiles;

public sealed class SimulatedDeviceTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static SimulatedDevice Play(string simulate, int seed = 1) => new(Load(simulate), Start, seed);

    private static DeviceProfile Load(string simulate)
    {
        var result = ProfileLoader.Parse($$$"""
            profile: 1
            kind: modbus
            id: toy
            addresses: {written_as: wire}
            defaults: {table: holding}
            registers:
              - {tag: power, register: 0, type: int32, unit: W, valid_range: [-1000, 5000]}
              - {tag: energy, register: 2, type: uint32, unit: kWh, scale: 0.001, counter: true}
              - {tag: state, register: 4, type: uint16, labels: {0: off, 2: running}}
              - {tag: name, register: 5, type: text, length: 4}
            simulate:
            {{{simulate}}}
            """, "toy.yaml");
        Assert.NotNull(result.Profile);
        return result.Profile;
    }

    private static double At(SimulatedDevice device, string tag, double seconds) => device.At(Start.AddSeconds(seconds)).Values[tag].Number;

    [Fact]
    public void A_sine_swings_around_its_mean()
    {
        var device = Play("  power: {sine: {mean: 100, swing: 50, period: 60s}}");

        Assert.Equal(100, At(device, "power", 0), 6);
        Assert.Equal(150, At(device, "power", 15), 6);
        Assert.Equal(50, At(device, "power", 45), 6);
    }

    [Fact]
    public void A_ramp_a_square_and_steps_follow_the_clock()
    {
        var ramp = Play("  power: {ramp: {from: 10, to: 20, period: 10s}}");
        var square = Play("  power: {square: {low: 1, high: 9, period: 10s}}");
        var steps = Play("  power: {steps: [3, 7, 5], every: 10s}");

        Assert.Equal([10, 15, 10], new[] { 0, 5, 10 }.Select(s => At(ramp, "power", s)));
        Assert.Equal([1, 9, 1], new[] { 4.9, 5, 10 }.Select(s => At(square, "power", s)));
        Assert.Equal([3, 7, 5, 3], new[] { 0, 10, 29.9, 30 }.Select(s => At(steps, "power", s)));
    }

    [Fact]
    public void A_counter_adds_up_watts_into_kilowatt_hours_and_never_falls()
    {
        var device = Play("  power: {square: {low: 3600, high: -600, period: 2h}}\n  energy: {integrate: power, start: 5}");

        Assert.Equal(5, At(device, "energy", 0), 9);
        Assert.Equal(5 + 0.0036 / 3.6, At(device, "energy", 1), 6);
        Assert.Equal(8.6, At(device, "energy", 3600), 6);
        Assert.Equal(8.6, At(device, "energy", 7000), 6);
    }

    [Fact]
    public void A_random_walk_stays_in_its_bounds_and_repeats_with_its_seed()
    {
        const string walk = "  power: {random_walk: {start: 50, step: 30, low: 40, high: 60}}";
        var (first, again, other) = (Play(walk), Play(walk), Play(walk, seed: 2));
        var seconds = Enumerable.Range(0, 500).Select(s => (double)s).ToArray();

        var values = seconds.Select(s => At(first, "power", s)).ToArray();

        Assert.All(values, v => Assert.InRange(v, 40, 60));
        Assert.True(values.Distinct().Count() > 100);
        Assert.Equal(values, seconds.Select(s => At(again, "power", s)));
        Assert.NotEqual(values, seconds.Select(s => At(other, "power", s)));
    }

    [Fact]
    public void Noise_stays_inside_the_valid_range()
    {
        var device = Play("  power: {value: 5000, noise: 100}");

        Assert.All(Enumerable.Range(0, 200), s => Assert.InRange(At(device, "power", s), -1000, 5000));
    }

    [Fact]
    public void A_label_and_a_text_are_played_as_written()
    {
        var state = Play("  state: {value: running}\n  name: {value: KX-24}").At(Start);

        Assert.Equal(2, state.Values["state"].Number);
        Assert.Equal("KX-24", state.Values["name"].Text);
    }

    [Fact]
    public void Faults_come_and_go_by_the_clock()
    {
        var device = Play("  faults:\n    - {name: cable, every: 60s, for: 5s, effect: no-answer}");

        var effects = new[] { 0, 59, 60, 64, 65, 120 }.Select(s => device.At(Start.AddSeconds(s)).Fault?.Effect).ToArray();

        Assert.Equal([null, null, FaultEffect.NoAnswer, FaultEffect.NoAnswer, null, FaultEffect.NoAnswer], effects);
    }

    [Fact]
    public void A_frozen_device_repeats_what_it_said_and_goes_on_afterwards()
    {
        var device = Play("  power: {ramp: {from: 0, to: 1000, period: 1000s}}\n  faults:\n    - {name: stuck, every: 60s, for: 10s, effect: frozen}");

        Assert.Equal([60, 60, 75], new[] { 60, 69, 75 }.Select(s => Math.Round(At(device, "power", s))));
    }

    [Fact]
    public void A_fault_of_one_tag_leaves_the_others()
    {
        var device = Play("  power: {value: 7}\n  faults:\n    - {name: fuse, every: 60s, for: 10s, tag: power, value: 0}");

        Assert.Equal([7, 0, 7], new[] { 0, 61, 71 }.Select(s => At(device, "power", s)));
    }

    [Fact]
    public void A_tag_without_a_generator_moves_inside_its_range()
    {
        var device = new SimulatedDevice(Load("  power: {value: 1}") with { Simulate = new() }, Start, 1);

        var powers = Enumerable.Range(0, 100).Select(s => At(device, "power", s)).ToArray();

        Assert.All(powers, p => Assert.InRange(p, -1000, 5000));
        Assert.True(powers.Distinct().Count() > 10);
        Assert.True(At(device, "energy", 3700) > At(Play("  power: {value: 1}"), "energy", 0));
    }

    [Fact]
    public void A_long_silence_is_caught_up_in_bounded_steps()
    {
        var device = Play("  energy: {integrate: 10, start: 0}");

        Assert.Equal(87_600, At(device, "energy", 365 * 24 * 3600), 3);
    }
}
