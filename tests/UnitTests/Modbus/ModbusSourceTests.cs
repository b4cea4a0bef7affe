using Microsoft.Extensions.Time.Testing;
using Penstock.Contracts;
using Penstock.Protocols;
using Penstock.Protocols.Modbus;
using Penstock.Protocols.Modbus.Server;
using Penstock.Protocols.Profiles;
using Xunit;

namespace Penstock.UnitTests.Modbus;

public sealed class ModbusSourceTests : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly FakeDevice _device = new();
    private readonly List<SourceBatch> _batches = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;

    [Fact]
    public async Task Polls_come_on_the_grid_with_the_time_of_the_answer()
    {
        _device.Bank.Fill(RegisterTable.Holding, 0, 10);
        Start(Registers.Word("a", 1));

        await PassAsync(TimeSpan.FromSeconds(3));

        var start = _batches[0].Samples[0].Ts;
        Assert.Equal([0, 1, 2, 3], _batches.Select(b => (b.Samples[0].Ts - start).TotalSeconds));
        Assert.All(_batches, b => Assert.Equal((Quality.Good, 1.0), (b.Samples[0].Q, b.Samples[0].Value.Number)));
    }

    [Fact]
    public async Task A_device_that_refuses_has_bad_tags_at_every_tick_and_is_good_again_by_itself()
    {
        _device.Bank.Fill(RegisterTable.Holding, 0, 10);
        Start(Registers.Word("a", 1));
        await PassAsync(TimeSpan.FromSeconds(2));

        _device.Refuses = true;
        await PassAsync(TimeSpan.FromSeconds(30));
        var down = _batches[3..];
        _device.Refuses = false;
        var before = _batches.Count;
        await PassAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(30, down.Count);
        Assert.All(down, b => Assert.Equal(Quality.Bad, b.Samples[0].Q));
        Assert.All(down, b => Assert.Equal("connection refused by fake:502", b.Samples[0].Why));
        Assert.Contains(_batches[before..], b => b.Samples[0].Q == Quality.Good);
        Assert.All(_batches, b => Assert.Empty(b.Missed));
        Assert.InRange(_device.Connects, 5, 16);
    }

    [Fact]
    public async Task A_connection_closed_while_idle_is_opened_again_within_the_poll()
    {
        _device.Bank.Fill(RegisterTable.Holding, 0, 10);
        Start(Registers.Word("a", 1));
        await PassAsync(TimeSpan.FromSeconds(1));

        _device.ClosesOnce = true;
        await PassAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(4, _batches.Count);
        Assert.All(_batches, b => Assert.Equal(Quality.Good, b.Samples[0].Q));
        Assert.Equal(2, _device.Connects);
    }

    [Fact]
    public async Task A_gateway_that_misses_its_device_is_asked_less_often_and_keeps_its_connection()
    {
        _device.Bank.Fill(RegisterTable.Holding, 0, 10);
        _device.Bank.Fault = _ => BankReply.Refuse(ExceptionCode.GatewayTargetSilent);
        Start(Registers.Word("a", 1));

        await PassAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(31, _batches.Count);
        Assert.All(_batches, b => Assert.Equal("exception 11, the device behind the gateway does not answer", b.Samples[0].Why));
        Assert.Equal(1, _device.Connects);
        Assert.InRange(_device.Bank.Asked.Count, 6, 15);
    }

    [Fact]
    public async Task A_silent_device_has_bad_tags_and_no_tick_without_account()
    {
        _device.Bank.Fill(RegisterTable.Holding, 0, 10);
        _device.Silent = true;
        Start(Registers.Word("a", 1), Registers.Word("b", 100));

        await PassAsync(TimeSpan.FromSeconds(30));
        _device.Silent = false;
        _device.Bank.Fill(RegisterTable.Holding, 100, 1);
        await PassAsync(TimeSpan.FromSeconds(10));

        var ticks = _batches.Count + (_batches.SelectMany(b => b.Missed).Sum(m => m.Samples) / 2);
        Assert.Equal("no answer from fake:502 unit 1 within 1 s", _batches[0].Samples[0].Why);
        Assert.All(_batches, b => Assert.Equal(2, b.Samples.Count));
        Assert.Equal(41, ticks);
        Assert.True(_batches.SelectMany(b => b.Missed).Sum(m => m.Samples) <= 4, "at most two ticks are spent on finding out");
        Assert.All(_batches[^1].Samples, s => Assert.Equal(Quality.Good, s.Q));
    }

    [Fact]
    public async Task A_connection_that_never_opens_costs_no_tick()
    {
        _device.DropsConnections = true;
        Start(Registers.Word("a", 1));

        await PassAsync(TimeSpan.FromSeconds(5));

        Assert.InRange(_batches.Count, 5, 6);
        Assert.All(_batches, b => Assert.Empty(b.Missed));
    }

    [Fact]
    public async Task A_slow_group_is_good_soon_after_the_device_is_back_and_not_at_its_next_tick()
    {
        _device.Bank.Fill(RegisterTable.Holding, 0, 10);
        _device.Refuses = true;
        Start(Registers.Word("slow", 1, poll: new("slow", TimeSpan.FromMinutes(5))));
        await PassAsync(TimeSpan.FromSeconds(20));
        var down = _batches.Count;

        _device.Refuses = false;
        await PassAsync(TimeSpan.FromSeconds(6));

        Assert.Equal(1, down);
        Assert.Equal(Quality.Good, _batches[^1].Samples[0].Q);
    }

    [Fact]
    public async Task A_group_read_once_is_read_at_each_connection()
    {
        _device.Bank.Fill(RegisterTable.Holding, 0, 10);
        Start(Registers.Word("serial", 7, poll: Registers.Once), Registers.Word("a", 1));
        await PassAsync(TimeSpan.FromSeconds(5));
        var first = Count("serial");

        _device.Refuses = true;
        await PassAsync(TimeSpan.FromSeconds(2));
        _device.Refuses = false;
        await PassAsync(TimeSpan.FromSeconds(10));

        Assert.Equal((1, 2), (first, Count("serial")));
        Assert.Equal("serial", _batches[0].Samples[0].Tag);
    }

    [Fact]
    public async Task A_register_the_device_lacks_is_the_only_bad_one_and_the_rest_is_joined_around_it()
    {
        _device.Bank.Fill(RegisterTable.Holding, 0, 100);
        _device.Bank.Remove(RegisterTable.Holding, 37);
        Start([.. Enumerable.Range(0, 100).Select(i => Registers.Word($"t{i}", i))]);

        await PassAsync(TimeSpan.FromSeconds(1));

        var bad = Assert.Single(_batches[0].Samples, s => s.Q != Quality.Good);
        Assert.Equal("not supported by this device: exception 2, illegal data address at holding 37", bad.Why);
        Assert.Equal(100, _batches[0].Samples.Count);
        Assert.Equal(100, _batches[1].Samples.Count);
        Assert.Equal(
            [new ReadRequest(RegisterTable.Holding, 0, 37), new(RegisterTable.Holding, 38, 62)],
            _device.Bank.Asked.TakeLast(2).OrderBy(r => r.Start));
    }

    [Fact]
    public async Task A_register_that_was_refused_is_asked_for_again_after_a_day()
    {
        _device.Bank.Fill(RegisterTable.Holding, 0, 2);
        var hour = new PollGroup("hourly", TimeSpan.FromHours(1));
        Start(Registers.Word("a", 0, poll: hour), Registers.Word("b", 2, poll: hour));
        await PassAsync(TimeSpan.FromSeconds(1));
        _device.Bank.Fill(RegisterTable.Holding, 2, 1);

        await PassAsync(TimeSpan.FromHours(26), TimeSpan.FromMinutes(20));

        var states = _batches.Select(b => b.Samples.Single(s => s.Tag == "b").Q).ToArray();
        Assert.All(states[..24], q => Assert.Equal(Quality.Bad, q));
        Assert.All(states[25..], q => Assert.Equal(Quality.Good, q));
    }

    [Fact]
    public async Task A_device_that_takes_short_requests_only_is_read_in_pieces()
    {
        _device.Bank.Fill(RegisterTable.Holding, 0, 64);
        _device.Bank.Fault = r => r.Count > 16 ? BankReply.Refuse(ExceptionCode.IllegalValue) : null;
        Start([.. Enumerable.Range(0, 64).Select(i => Registers.Word($"t{i}", i))]);

        await PassAsync(TimeSpan.FromSeconds(1));

        Assert.All(_batches.SelectMany(b => b.Samples), s => Assert.Equal(Quality.Good, s.Q));
        Assert.All(_device.Bank.Asked.TakeLast(4), r => Assert.Equal(16, r.Count));
    }

    [Fact]
    public async Task A_busy_device_makes_the_tags_bad_for_that_poll_only()
    {
        var busy = true;
        _device.Bank.Fill(RegisterTable.Holding, 0, 2);
        _device.Bank.Fault = _ => busy ? BankReply.Refuse(ExceptionCode.Busy) : null;
        Start(Registers.Word("a", 0), Registers.Word("b", 1));
        busy = false;

        await PassAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(["exception 6, device busy", null], _batches.Select(b => b.Samples[1].Why));
    }

    [Fact]
    public async Task A_wrong_device_has_bad_tags_with_what_was_found()
    {
        _device.Bank.Fill(RegisterTable.Holding, 0, 10);
        var rule = new IdentifyRule(Registers.Word("type", 3), "3417");
        Start(Registers.Device("d", 502, Registers.Word("a", 1)), rule);
        await PassAsync(TimeSpan.FromSeconds(1));
        var wrong = _batches[^1].Samples[0];

        _device.Bank[RegisterTable.Holding, 3] = 3417;
        await PassAsync(TimeSpan.FromSeconds(6));

        Assert.Equal((Quality.Bad, "wrong device: holding 3 is 3, must be 3417"), (wrong.Q, wrong.Why));
        Assert.Equal(Quality.Good, _batches[^1].Samples[0].Q);
    }

    [Fact]
    public async Task A_value_is_scaled_by_the_exponent_of_the_same_request()
    {
        _device.Bank[RegisterTable.Holding, 0] = 1234;
        _device.Bank[RegisterTable.Holding, 1] = 0xFFFE;
        Start(
            Registers.Value("power", 0, RegisterType.Int16) with { ScaleFrom = "exponent" },
            Registers.Value("exponent", 1, RegisterType.Int16) with { Internal = true, Valid = new(-6, 6) });
        await PassAsync(TimeSpan.FromMilliseconds(500));

        _device.Bank[RegisterTable.Holding, 1] = 0x8000;
        await PassAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(12.34, Assert.Single(_batches[0].Samples).Value.Number);
        Assert.Equal("exponent exponent: -32768 is outside the valid range -6 to 6", _batches[1].Samples[0].Why);
    }

    [Fact]
    public void Tags_tell_what_the_profile_says_and_leave_internal_registers_out()
    {
        var state = Registers.Word("state", 0) with { Label = "State", Labels = new Dictionary<long, string> { [0] = "off" } };
        var source = new ModbusSource(
            Registers.Device("d", 1502, state, Registers.Word("hidden", 1) with { Internal = true }, Registers.Word("v", 2) with { Unit = "V" }), _clock);

        Assert.Equal([("state", "enum"), ("v", "number")], source.Tags.Select(t => (t.Tag, t.Type)));
        Assert.Equal("127.0.0.1:1502 unit 1", source.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading.ContinueWith(static _ => { }, TaskScheduler.Default);
        _stop.Dispose();
    }

    private void Start(params RegisterDefinition[] registers) => Start(Registers.Device("d", 502, registers));

    private void Start(DeviceSettings device, params IdentifyRule[] identify)
    {
        var source = new ModbusSource(device with { Profile = device.Profile with { Identify = identify } }, _clock, _device.OpenAsync);
        WithoutContext(() => _reading = ReadAsync(source));
    }

    private async Task ReadAsync(ModbusSource source)
    {
        await foreach (var batch in source.ReadAsync(_stop.Token))
            _batches.Add(batch);
    }

    private Task PassAsync(TimeSpan span) => PassAsync(span, Step);

    /// <summary>Time passes in small steps; whatever is due runs inside <see cref="FakeTimeProvider.Advance"/>.</summary>
    private Task PassAsync(TimeSpan span, TimeSpan step)
    {
        WithoutContext(() =>
        {
            for (var passed = TimeSpan.Zero; passed < span; passed += step)
                _clock.Advance(step);
        });
        return _reading.IsFaulted ? _reading : Task.CompletedTask;
    }

    /// <summary>Without a synchronisation context, continuations run at once and on this thread: nothing is left to chance.</summary>
    private static void WithoutContext(Action act)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            act();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private int Count(string tag) => _batches.Count(b => b.Samples.Any(s => s.Tag == tag));
}
