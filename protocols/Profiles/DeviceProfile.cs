namespace Penstock.Protocols.Profiles;

/// <summary>A validated hardware profile: one device type, format version 1 (see hardware-profiles/README.md).</summary>
public sealed record DeviceProfile
{
    public required string Id { get; init; }

    /// <summary>Kind of the profile: this version reads <c>modbus</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The record kind of its tags: <c>plc</c> or <c>sensor</c>.</summary>
    public string RecordKind { get; init; } = Contracts.Kinds.Plc;

    public string? Vendor { get; init; }

    public string? Model { get; init; }

    public string? Description { get; init; }

    public ConnectionDefaults Connection { get; init; } = new();

    public ReadLimits Limits { get; init; } = new();

    public IReadOnlyList<RegisterDefinition> Registers { get; init; } = [];

    public IReadOnlyList<IdentifyRule> Identify { get; init; } = [];

    public IReadOnlyList<GoldenFrame> Examples { get; init; } = [];

    /// <summary>What the file says and this version does not act on, counted: <c>("alarm limits", 12)</c>.</summary>
    public IReadOnlyList<NotActedOn> NotActedOn { get; init; } = [];

    /// <summary>How the device is played when there is none: <c>simulate:</c>.</summary>
    public Simulation.SimulationPlan Simulate { get; init; } = new();

    /// <summary>0 draft, 1 checked by a second source, 2 golden frames, 3 read on hardware, 4 run in the field; computed, never typed.</summary>
    public int TrustLevel { get; init; }

    /// <summary>The file it was read from.</summary>
    public string File { get; init; } = "";
}

/// <summary>A part of a file that is accepted and not acted on in this version.</summary>
public sealed record NotActedOn(string What, int Count);

/// <summary>Factory settings; the site file may differ.</summary>
public sealed record ConnectionDefaults
{
    public int TcpPort { get; init; } = 502;

    public byte UnitId { get; init; } = 1;

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan PauseBetweenRequests { get; init; } = TimeSpan.Zero;

    public int? MaxConnections { get; init; }
}

/// <summary>What one request may ask for.</summary>
public sealed record ReadLimits
{
    /// <summary>1 to 125 registers (Modbus Application Protocol V1.1b3, 6.3).</summary>
    public int MaxRegistersPerRead { get; init; } = 125;

    /// <summary>1 to 2000 bits (V1.1b3, 6.1).</summary>
    public int MaxBitsPerRead { get; init; } = 2000;

    /// <summary>Holes of up to this many registers are read through.</summary>
    public int BridgeGapsUpTo { get; init; }

    /// <summary>Wire address ranges that no request may touch.</summary>
    public IReadOnlyList<ForbiddenRange> NeverRead { get; init; } = [];
}

/// <summary>Inclusive wire addresses of one table.</summary>
public sealed record ForbiddenRange(RegisterTable Table, ushort First, ushort Last);

/// <summary>The four tables of Modbus (V1.1b3, 4.3).</summary>
public enum RegisterTable
{
    /// <summary>Function code 1.</summary>
    Coil,
    /// <summary>Function code 2.</summary>
    Discrete,
    /// <summary>Function code 4.</summary>
    Input,
    /// <summary>Function code 3.</summary>
    Holding,
}

/// <summary>How the words of a register are read.</summary>
public enum RegisterType
{
    Bool,
    UInt8,
    Int8,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,
    Float32,
    Float64,
    Bits16,
    Bits32,
    Bcd16,
    Bcd32,
    Text,
}

/// <summary>Order of parts within a value, as it lies in the registers.</summary>
public enum PartOrder
{
    HighFirst,
    LowFirst,
}

/// <summary>One tag of a device: where it lies, how it is read, what it means.</summary>
public sealed record RegisterDefinition
{
    public required string Tag { get; init; }

    public string? Label { get; init; }

    public required RegisterTable Table { get; init; }

    /// <summary>
    /// Wire addresses of its words (or its one bit), in the order in which the manual lists them: neighbours ascending,
    /// or named one by one, highest word first.
    /// </summary>
    public required IReadOnlyList<ushort> Addresses { get; init; }

    /// <summary>True when the addresses were named one by one, highest word first; then <see cref="WordOrder"/> does not apply.</summary>
    public bool WordsNamed { get; init; }

    /// <summary>The address as the manual prints it.</summary>
    public string Printed { get; init; } = "";

    public required RegisterType Type { get; init; }

    public PartOrder WordOrder { get; init; }

    public PartOrder ByteOrder { get; init; }

    /// <summary>Bit of a register word, 0 = least significant; only with <see cref="RegisterType.Bool"/> in a register table.</summary>
    public int? Bit { get; init; }

    /// <summary>Bits of a field that begins at <see cref="Bit"/>, for <see cref="RegisterType.Bits16"/> and <see cref="RegisterType.Bits32"/>; null takes the whole word.</summary>
    public int? BitCount { get; init; }

    /// <summary>For 8-bit types: the half of the register.</summary>
    public PartOrder Half { get; init; }

    /// <summary>value = raw * Scale + Offset.</summary>
    public double Scale { get; init; } = 1;

    public double Offset { get; init; }

    /// <summary>Tag whose raw integer is the power of ten, read in the same request.</summary>
    public string? ScaleFrom { get; init; }

    public string? Unit { get; init; }

    /// <summary>Raw words, as an unsigned integer of the type's width, that are no values, and what they mean.</summary>
    public IReadOnlyDictionary<ulong, string> Sentinels { get; init; } = new Dictionary<ulong, string>();

    public ValueRange? Valid { get; init; }

    public ValueRange? Normal { get; init; }

    /// <summary>True: outside <see cref="Valid"/> means uncertain instead of bad.</summary>
    public bool OutsideIsUncertain { get; init; }

    /// <summary>Labels of an enumeration, by raw integer.</summary>
    public IReadOnlyDictionary<long, string>? Labels { get; init; }

    /// <summary>Quality of a number that is not in <see cref="Labels"/>.</summary>
    public Contracts.Quality UnknownLabel { get; init; } = Contracts.Quality.Uncertain;

    public PollGroup Poll { get; init; } = PollGroup.Default;

    public ReportRule? Report { get; init; }

    /// <summary>Never joined with a neighbour into one request.</summary>
    public bool ReadAlone { get; init; }

    /// <summary>Read for others, not published.</summary>
    public bool Internal { get; init; }

    public bool Counter { get; init; }

    /// <summary>Line of the definition in its file, from 1.</summary>
    public int Line { get; init; }
}

/// <summary>Inclusive bounds in engineering units.</summary>
public sealed record ValueRange(double Low, double High)
{
    public bool Contains(double value) => value >= Low && value <= High;
}

/// <summary>Registers read at one interval. <see cref="Interval"/> null: once, at the start of a connection.</summary>
public sealed record PollGroup(string Name, TimeSpan? Interval)
{
    public static PollGroup Default { get; } = new("normal", TimeSpan.FromSeconds(10));
}

/// <summary>A register whose value tells that the right device answers.</summary>
public sealed record IdentifyRule(RegisterDefinition Register, string Expected);

/// <summary>A request and its answer from a manual or a capture, with the values that must come out.</summary>
public sealed record GoldenFrame(string Name, byte[] Request, byte[] Answer, IReadOnlyDictionary<string, string> Expect, int Line);
