using System.Security.Cryptography;
using System.Text;

namespace Penstock.Central.Kafka;

/// <summary>
/// The name a centre keeps in its consumer group over restarts (static membership, KIP-345): the same for host and data folder.
/// A member is put out of its name by another one of the same name, and also by itself: when a broker dies, it joins anew under
/// the name while a request of its former self is still on its way. The second is over at once; the first comes again and again.
/// </summary>
internal sealed class MemberName(string folder, TimeProvider clock)
{
    /// <summary>Put out so often within <see cref="Window"/>, the name belongs to someone else too.</summary>
    public const int Limit = 3;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Queue<long> _fenced = new();

    /// <summary>Null once it was given up.</summary>
    public string? Value { get; private set; } = Of(folder);

    /// <summary>The broker refused this member because another goes by its name. True when the name is given up for good.</summary>
    public bool Fenced()
    {
        while (_fenced.TryPeek(out var first) && clock.GetElapsedTime(first) >= Window)
            _fenced.Dequeue();
        _fenced.Enqueue(clock.GetTimestamp());
        if (Value is null || _fenced.Count < Limit)
            return false;
        Value = null;
        return true;
    }

    private static string Of(string folder) =>
        $"penstock-central-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Environment.MachineName}\n{Path.GetFullPath(folder)}")))[..12]}";
}
