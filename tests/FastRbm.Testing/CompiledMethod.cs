using System.Text.RegularExpressions;

namespace FastRbm.Testing;

/// <summary>The machine code of one method (x64), as a graph of basic blocks.</summary>
public sealed partial class CompiledMethod
{
    private readonly List<Block> _blocks = [];

    /// <summary>Reads a method.</summary>
    /// <param name="name">Its name with its type, type arguments and signature.</param>
    /// <param name="lines">Labels and instructions.</param>
    internal CompiledMethod(string name, IEnumerable<string> lines)
    {
        Name = name;
        Block block = new(string.Empty);
        foreach (string line in lines)
        {
            if (line.EndsWith(':'))
            {
                Close(block);
                block = new Block(line[..^1]);
                continue;
            }

            block.Instructions.Add(line);
            if (line[0] == 'j' || line.StartsWith("ret", StringComparison.Ordinal) || line.StartsWith("tail.", StringComparison.Ordinal))
            {
                Close(block);
                block = new Block(string.Empty);
            }
        }

        Close(block);
        Connect();
    }

    /// <summary>The method's name with its type, type arguments and signature.</summary>
    public string Name { get; }

    /// <summary>The loops that hold no other loop.</summary>
    /// <returns>What is in them.</returns>
    public IReadOnlyList<MachineLoop> InnermostLoops()
    {
        Dictionary<int, HashSet<int>> loops = Loops();
        return [.. loops
            .Where(loop => !loops.Keys.Any(header => header != loop.Key && loop.Value.Contains(header)))
            .OrderBy(static loop => loop.Key)
            .Select(loop => new MachineLoop(
                [.. loop.Value.Order().SelectMany(block => _blocks[block].Instructions)],
                [.. loop.Value.Order().SelectMany(block => _blocks[block].Next).Distinct().Where(next => !loop.Value.Contains(next)).Select(next => _blocks[next].Instructions)]))];
    }

    private void Close(Block block)
    {
        if (block.Instructions.Count > 0 || block.Label.Length > 0)
        {
            _blocks.Add(block);
        }
    }

    private void Connect()
    {
        Dictionary<string, int> labels = [];
        for (int i = 0; i < _blocks.Count; i++)
        {
            if (_blocks[i].Label.Length > 0)
            {
                labels[_blocks[i].Label] = i;
            }
        }

        for (int i = 0; i < _blocks.Count; i++)
        {
            string last = _blocks[i].Instructions.LastOrDefault() ?? string.Empty;
            if (last.StartsWith('j') && labels.TryGetValue(Target().Match(last).Value, out int target))
            {
                _blocks[i].Next.Add(target);
            }

            bool ends = last.StartsWith("jmp", StringComparison.Ordinal) || last.StartsWith("ret", StringComparison.Ordinal)
                || last.StartsWith("tail.", StringComparison.Ordinal) || last.StartsWith("int3", StringComparison.Ordinal);
            if (!ends && i + 1 < _blocks.Count)
            {
                _blocks[i].Next.Add(i + 1);
            }
        }
    }

    /// <summary>Natural loops by header: all blocks that reach a jump back to a block that dominates it.</summary>
    private Dictionary<int, HashSet<int>> Loops()
    {
        bool[][] dominators = Dominators();
        Dictionary<int, HashSet<int>> loops = [];
        for (int from = 0; from < _blocks.Count; from++)
        {
            foreach (int header in _blocks[from].Next.Where(next => dominators[from][next]))
            {
                HashSet<int> body = loops.TryGetValue(header, out HashSet<int>? known) ? known : loops[header] = [header];
                Stack<int> pending = new([from]);
                while (pending.TryPop(out int block))
                {
                    if (body.Add(block))
                    {
                        foreach (int previous in Enumerable.Range(0, _blocks.Count).Where(i => _blocks[i].Next.Contains(block)))
                        {
                            pending.Push(previous);
                        }
                    }
                }
            }
        }

        return loops;
    }

    /// <summary>For each block, which blocks every way to it passes through.</summary>
    private bool[][] Dominators()
    {
        int count = _blocks.Count;
        bool[][] dominators = new bool[count][];
        for (int block = 0; block < count; block++)
        {
            dominators[block] = new bool[count];
            Array.Fill(dominators[block], block > 0);
            dominators[block][block] = true;
        }

        bool changed = true;
        while (changed)
        {
            changed = false;
            for (int block = 0; block < count; block++)
            {
                foreach (int next in _blocks[block].Next)
                {
                    for (int other = 0; other < count; other++)
                    {
                        if (other != next && dominators[next][other] && !dominators[block][other])
                        {
                            dominators[next][other] = false;
                            changed = true;
                        }
                    }
                }
            }
        }

        return dominators;
    }

    [GeneratedRegex(@"[^\s]+$")]
    private static partial Regex Target();

    private sealed record Block(string Label)
    {
        public List<string> Instructions { get; } = [];

        public List<int> Next { get; } = [];
    }
}
