using Penstock.Contracts;
using Penstock.Protocols.Profiles;
using Penstock.Protocols.Transport;

namespace Penstock.Protocols.Modbus;

/// <summary>
/// The way to one device and its health. Owned and called by one session; only the attempt to connect runs beside it.
/// <list type="bullet">
/// <item>At most one connection and at most one attempt at a time; the attempt is awaited on dispose.</item>
/// <item>Down = no connection, or two requests in a row unanswered. While down, nothing is tried before <see cref="RetryAt"/>.</item>
/// <item>An unanswered request does not close the connection; the third in a row does, and so does every transport error.</item>
/// <item>A connection that had answered before and is found closed is opened again at once: many devices close idle ones.</item>
/// <item>The waiting time grows until an answer comes, not until a connection opens: some devices accept and stay silent.</item>
/// </list>
/// </summary>
internal sealed class ModbusLink : IAsyncDisposable
{
    private const int SilentAfter = 2;
    private const int HangUpAfter = 3;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ShortestProbe = TimeSpan.FromMilliseconds(200);

    private readonly ChannelOpener _open;
    private readonly byte _unit;
    private readonly ConnectionDefaults _connection;
    private readonly ModbusClock _clock;
    private readonly ModbusCounters _counters;
    private readonly Backoff _backoff;
    private readonly TimeSpan _probe;
    private readonly TimeSpan _patience;
    private readonly CancellationTokenSource _stop = new();
    private ModbusClient? _client;
    private Task<ModbusClient>? _connecting;
    private TimeSpan _connectingSince;
    private int _unanswered;
    private bool _asked;
    private bool _hasAnswered;

    public ModbusLink(ChannelOpener open, byte unit, ConnectionDefaults connection, TimeSpan shortestInterval, ModbusClock clock, ModbusCounters counters)
    {
        _open = open;
        _unit = unit;
        _connection = connection;
        _clock = clock;
        _counters = counters;
        _backoff = new(clock.Random);
        _patience = Min(connection.Timeout, shortestInterval / 2);
        _probe = Min(connection.Timeout, Max(shortestInterval * 0.8, ShortestProbe));
    }

    /// <summary>Why there is no answer; the last one known.</summary>
    public string Reason { get; private set; } = "not connected yet";

    /// <summary>When it may be tried again; in the past while the link is up.</summary>
    public TimeSpan RetryAt { get; private set; }

    /// <summary>Counts connections; what was learned from one holds until it changes.</summary>
    public int Connections { get; private set; }

    private bool IsSilent => _unanswered >= SilentAfter;

    /// <summary>True when a request may be made now. Waits a little for a connection; then the attempt goes on beside.</summary>
    public async ValueTask<bool> IsUpAsync(CancellationToken token)
    {
        if (_client is not null)
            return !IsSilent || _clock.Elapsed >= RetryAt;
        if (_connecting is null && _clock.Elapsed < RetryAt)
            return false;
        if (_connecting is null)
            (_connecting, _connectingSince) = (ConnectAsync(_stop.Token), _clock.Elapsed);
        await _clock.WaitAsync(_connecting, _connectingSince + _patience - _clock.Elapsed, token);
        if (_connecting.IsCompleted)
            return await TakeConnectionAsync();
        RetryAt = _clock.Elapsed + LookAgain;
        return false;
    }

    /// <summary>Asks once. The connection may be gone afterwards: then the outcome is <see cref="ReadOutcome.NoAnswer"/>.</summary>
    public async ValueTask<ReadAnswer> AskAsync(ReadRequest request, CancellationToken token)
    {
        if (_client is null || (IsSilent && _clock.Elapsed < RetryAt))
            return Silence();
        var wasGood = _hasAnswered;
        try
        {
            return await AskOnceAsync(_client, request, token);
        }
        catch (ChannelException e)
        {
            _counters.Add(ModbusCount.ConnectionsLost);
            await HangUpAsync(e.Message);
        }

        if (!wasGood)
            return Silence();
        RetryAt = _clock.Elapsed;
        return await IsUpAsync(token) ? await AskAsync(request, token) : Silence();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_connecting is not null)
            await ((Task)_connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_connecting is { IsCompletedSuccessfully: true })
            await (await _connecting).DisposeAsync();
        if (_client is not null)
            await _client.DisposeAsync();
        _stop.Dispose();
    }

    private async ValueTask<ReadAnswer> AskOnceAsync(ModbusClient client, ReadRequest request, CancellationToken token)
    {
        if (_asked && _connection.PauseBetweenRequests > TimeSpan.Zero)
            await _clock.DelayAsync(_connection.PauseBetweenRequests, token);
        _asked = true;
        var answer = await client.ReadAsync(_unit, request, IsSilent ? _probe : _connection.Timeout, token);
        await NoteAsync(answer);
        return answer;
    }

    private async Task<ModbusClient> ConnectAsync(CancellationToken token) =>
        new(await _open(token), _clock.Provider, _counters);

    private async ValueTask<bool> TakeConnectionAsync()
    {
        try
        {
            // Completed: the caller has looked.
            _client = await _connecting!;
            Connections++;
            RetryAt = _clock.Elapsed;
            _counters.Add(ModbusCount.Connects);
            return true;
        }
        catch (ChannelException e)
        {
            _counters.Add(ModbusCount.ConnectFailures);
            Fail(e.Message);
            return false;
        }
        finally
        {
            _connecting = null;
        }
    }

    private async ValueTask NoteAsync(ReadAnswer answer)
    {
        if (!IsAbsent(answer))
        {
            _hasAnswered = true;
            _unanswered = 0;
            _backoff.Reset();
            RetryAt = _clock.Elapsed;
            return;
        }

        _unanswered++;
        if (_unanswered >= HangUpAfter && answer.Outcome == ReadOutcome.NoAnswer)
            await HangUpAsync(answer.Reason ?? Reason);
        else if (IsSilent)
            Fail(answer.Reason ?? Reason);
        else
            Reason = answer.Reason ?? Reason;
    }

    private async ValueTask HangUpAsync(string reason)
    {
        if (_client is { } client)
            await client.DisposeAsync();
        _client = null;
        _hasAnswered = false;
        Fail(reason);
    }

    private void Fail(string reason)
    {
        Reason = reason;
        RetryAt = _clock.Elapsed + _backoff.Next();
    }

    /// <summary>No answer, or a gateway that says so for the device behind it.</summary>
    public static bool IsAbsent(in ReadAnswer answer) => answer.Outcome == ReadOutcome.NoAnswer
        || answer.Code is ExceptionCode.GatewayPathUnavailable or ExceptionCode.GatewayTargetSilent;

    private ReadAnswer Silence() => new(ReadOutcome.NoAnswer, Timestamp.Now(_clock.Provider), default, ExceptionCode.None, Reason);

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
