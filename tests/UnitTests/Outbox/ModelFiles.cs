using Penstock.EdgeAgent.Outbox;

namespace Penstock.UnitTests.Outbox;

/// <summary>The power is cut in the middle of a call; nothing of the program runs on.</summary>
internal sealed class PowerCutException : Exception;

/// <summary>
/// A folder in memory that keeps apart what programs see and what would survive a power cut: bytes by sector of 512, names by
/// folder sync. A cut keeps any subset of what was not synced, in any order, torn or as garbage.
/// </summary>
internal sealed class ModelFiles(Random random) : IOutboxFiles
{
    private const int Sector = 512;

    private readonly HashSet<string> _quarantine = [];
    private readonly HashSet<string> _told = [];
    private readonly List<(string From, string To)> _renamed = [];
    private Dictionary<string, Node> _live = [];
    private Dictionary<string, Node> _durable = [];

    public string Folder => "memory";

    /// <summary>What the medium has left, beside the files here; null when it does not tell.</summary>
    public long? FreeBytes { get; set; }

    public long QuarantinedBytes => _quarantine.Count;

    /// <summary>Operations that change something fail while this is positive; each failure takes one off.</summary>
    public int Failures { get; set; }

    public bool DiskFull { get; set; }

    public int ReadFailures { get; set; }

    /// <summary>Operations that change something until the power is cut; negative means never.</summary>
    public int CutIn { get; set; } = -1;

    /// <summary>Pages of 4 KiB that syncs wrote.</summary>
    public long PagesSynced { get; private set; }

    public int Quarantined => _quarantine.Count;

    /// <summary>Of segments and the spare; foreign files are not the outbox's business.</summary>
    public long TotalBytes => _live.Where(pair => !pair.Key.EndsWith(".txt", StringComparison.Ordinal)).Sum(pair => (long)pair.Value.Live.Length);

    /// <summary>Names of the segments.</summary>
    public IEnumerable<string> Names => _live.Keys.Where(name => name.EndsWith(".seg", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    public IReadOnlyList<string> List() => [.. _live.Keys.OrderBy(_ => random.Next())];

    public byte[] Content(string name) => _live[name].Live;

    public void Put(string name, byte[] content) => _durable[name] = _live[name] = Node.Of(content);

    public void Remove(string name)
    {
        _live.Remove(name);
        _durable.Remove(name);
    }

    public IOutboxFile Create(string name, long bytes)
    {
        Step();
        if (DiskFull)
            throw new IOException("no space left on device");
        if (_live.ContainsKey(name))
            throw new IOException($"{name} exists");
        var node = new Node { Live = new byte[bytes], Durable = new byte[bytes] };
        _live[name] = node;
        return new Handle(this, node);
    }

    public IOutboxFile Open(string name) => new Handle(this, _live.TryGetValue(name, out var node) ? node : throw new FileNotFoundException(name));

    public IOutboxFile Rename(string from, string to)
    {
        Step();
        if (_live.ContainsKey(to) || !_live.Remove(from, out var node))
            throw new IOException($"{from} cannot become {to}");
        _live[to] = node;
        _renamed.Add((from, to));
        return new Handle(this, node);
    }

    public void Delete(string name)
    {
        Step();
        _live.Remove(name);
    }

    public void Truncate(string name, long bytes)
    {
        Step();
        var node = _live[name];
        node.Live = node.Live[..(int)bytes];
        if (random.Next(2) == 0)
            node.Durable = node.Durable[..(int)Math.Min(bytes, node.Durable.Length)];
        node.Dirty.RemoveWhere(sector => sector * Sector >= bytes);
    }

    public void SyncFolder()
    {
        Step();
        _durable = new(_live);
        _renamed.Clear();
    }

    public bool Quarantine(string name, ReadOnlySpan<byte> bytes) => !_told.Contains(name) && (_quarantine.Add(name) || true);

    public void MarkTold(string name) => _told.Add(name);

    /// <summary>The power goes: some of what was not synced is there, some not, some torn.</summary>
    public void Crash()
    {
        Reset();
        foreach (var node in _live.Values.Concat(_durable.Values).Distinct())
            node.Settle(random, torn: true);
        // A new name comes as a whole: with it the old one is gone, without it the old one is there.
        HashSet<string> settled = [];
        foreach (var (from, to) in _renamed.Where(pair => _durable.ContainsKey(pair.From)))
        {
            settled.UnionWith([from, to]);
            if (random.Next(2) == 0 && _durable.Remove(from, out var node))
                _durable[to] = node;
        }

        _renamed.Clear();
        foreach (var name in _live.Keys.Union(_durable.Keys).Where(name => !settled.Contains(name)).ToList())
        {
            var keepLive = random.Next(2) == 0;
            var source = keepLive ? _live : _durable;
            if (source.TryGetValue(name, out var node))
                _durable[name] = node;
            else
                _durable.Remove(name);
        }

        _live = new(_durable);
        foreach (var node in _live.Values)
            node.Live = (byte[])node.Durable.Clone();
    }

    /// <summary>The process ends, the kernel lives: what programs saw stays, still not synced.</summary>
    public void Reset()
    {
        (Failures, ReadFailures, CutIn, DiskFull) = (0, 0, -1, false);
    }

    /// <summary>Changes one bit of a durable sector that is not zero; false when there is none.</summary>
    public bool Rot()
    {
        var nodes = _live.Values.Where(node => node.Live.AsSpan().IndexOfAnyExcept((byte)0) >= 0).ToList();
        if (nodes.Count == 0)
            return false;
        var node = nodes[random.Next(nodes.Count)];
        var used = node.Live.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        var at = random.Next(used);
        node.Live[at] ^= (byte)(1 << random.Next(8));
        if (at < node.Durable.Length && !node.Dirty.Contains(at / Sector))
            node.Durable[at] = node.Live[at];
        return true;
    }

    private void Step()
    {
        if (CutIn >= 0 && CutIn-- == 0)
            throw new PowerCutException();
        if (Failures <= 0)
            return;
        Failures--;
        throw new IOException("input/output error");
    }

    private sealed class Node
    {
        public byte[] Live { get; set; } = [];

        public byte[] Durable { get; set; } = [];

        public HashSet<int> Dirty { get; } = [];

        private bool _synced;

        public static Node Of(byte[] content) => new() { Live = content, Durable = (byte[])content.Clone(), _synced = true };

        public void Sync()
        {
            _synced = true;
            if (Durable.Length != Live.Length)
                Durable = [.. Durable.Take(Live.Length), .. new byte[Math.Max(0, Live.Length - Durable.Length)]];
            foreach (var sector in Dirty)
                Copy(sector, Sector);
            Dirty.Clear();
        }

        /// <summary>Every dirty sector goes its own way; afterwards none is dirty.</summary>
        public void Settle(Random random, bool torn)
        {
            if (torn && !_synced && random.Next(4) == 0)
            {
                // The name reached the medium, the allocation did not.
                Durable = [];
                Dirty.Clear();
                return;
            }

            if (Durable.Length < Live.Length)
                Durable = [.. Durable, .. new byte[Live.Length - Durable.Length]];
            foreach (var sector in Dirty.Where(sector => sector * Sector < Live.Length))
            {
                var fate = random.Next(torn ? 8 : 2);
                if (fate is 1 or 3 or 5)
                    Copy(sector, Sector);
                else if (fate == 6)
                    Copy(sector, random.Next(Sector));
                else if (fate == 7)
                    random.NextBytes(Durable.AsSpan(sector * Sector, Math.Min(Sector, Durable.Length - (sector * Sector))));
            }

            Dirty.Clear();
        }

        private void Copy(int sector, int bytes)
        {
            var at = sector * Sector;
            var count = Math.Min(bytes, Live.Length - at);
            if (count > 0)
                Live.AsSpan(at, count).CopyTo(Durable.AsSpan(at));
        }
    }

    private sealed class Handle(ModelFiles files, Node node) : IOutboxFile
    {
        public long Length => node.Live.Length;

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            // A write that fails or is cut may have reached the cache in part.
            var part = bytes;
            try
            {
                files.Step();
            }
            catch
            {
                part = bytes[..files.RandomBelow(bytes.Length)];
                throw;
            }
            finally
            {
                part.CopyTo(node.Live.AsSpan((int)offset));
                for (var sector = (int)offset / Sector; sector * Sector < offset + part.Length; sector++)
                    node.Dirty.Add(sector);
            }
        }

        public int Read(long offset, Span<byte> buffer)
        {
            if (files.ReadFailures > 0)
            {
                files.ReadFailures--;
                throw new IOException("input/output error");
            }

            var count = (int)Math.Clamp(node.Live.Length - offset, 0, buffer.Length);
            node.Live.AsSpan((int)Math.Min(offset, node.Live.Length), count).CopyTo(buffer);
            return count;
        }

        public void Sync()
        {
            try
            {
                files.Step();
            }
            catch (IOException)
            {
                // As Linux does it: the pages count as clean, whether they reached the medium or not.
                node.Settle(files.RandomSource, torn: false);
                throw;
            }

            files.PagesSynced += node.Dirty.Select(sector => sector / 8).Distinct().Count();
            node.Sync();
        }

        public void Dispose()
        {
        }
    }

    private Random RandomSource => random;

    private int RandomBelow(int bound) => random.Next(bound + 1);
}
