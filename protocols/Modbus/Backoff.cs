namespace Penstock.Protocols.Modbus;

/// <summary>
/// Waiting times between attempts: half a second, doubled each time up to the cap, each shortened by up to a fifth at random
/// so that devices that failed together do not come back together. The cap of 5 s keeps recovery below 10 s.
/// </summary>
internal sealed class Backoff(Random random)
{
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);
    public static readonly TimeSpan Cap = TimeSpan.FromSeconds(5);

    private const double Jitter = 0.2;

    private TimeSpan _next = First;

    public TimeSpan Next()
    {
        var wait = _next * (1 - (Jitter * random.NextDouble()));
        _next = _next * 2 < Cap ? _next * 2 : Cap;
        return wait;
    }

    public void Reset() => _next = First;
}
