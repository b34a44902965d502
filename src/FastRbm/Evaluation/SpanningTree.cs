using FastRbm.Kernels.Elementary;

namespace FastRbm.Evaluation;

/// <summary>A spanning tree of the complete bipartite graph: visible units are nodes 0 to V - 1, hidden ones V to V + H - 1.</summary>
internal sealed class SpanningTree
{
    private readonly int _visible;
    private readonly int[] _order;
    private readonly int[] _parent;

    private SpanningTree(int visible, int[] order, int[] parent)
    {
        _visible = visible;
        _order = order;
        _parent = parent;
    }

    /// <summary>The edges, as indices i H + j into a matrix of weights.</summary>
    public IEnumerable<int> Edges => _order.Skip(1).Select(Edge);

    private int Hidden => _order.Length - _visible;

    /// <summary>The tree with the largest sum of edge values (Prim 1957).</summary>
    /// <param name="values">A value an edge, row-major [visible, hidden].</param>
    /// <param name="visible">V.</param>
    /// <param name="hidden">H.</param>
    public static SpanningTree Largest(ReadOnlySpan<double> values, int visible, int hidden)
    {
        int nodes = visible + hidden;
        int[] order = new int[nodes];
        int[] parent = new int[nodes];
        double[] best = new double[nodes];
        bool[] taken = new bool[nodes];
        best.AsSpan().Fill(double.NegativeInfinity);
        best[0] = 0;
        parent[0] = -1;
        for (int k = 0; k < nodes; k++)
        {
            int node = -1;
            for (int candidate = 0; candidate < nodes; candidate++)
            {
                if (!taken[candidate] && (node < 0 || best[candidate] > best[node]))
                {
                    node = candidate;
                }
            }

            taken[node] = true;
            order[k] = node;
            int first = node < visible ? visible : 0;
            int end = node < visible ? nodes : visible;
            for (int other = first; other < end; other++)
            {
                double value = values[node < visible ? (node * hidden) + other - visible : (other * hidden) + node - visible];
                if (!taken[other] && value > best[other])
                {
                    best[other] = value;
                    parent[other] = node;
                }
            }
        }

        return new SpanningTree(visible, order, parent);
    }

    /// <summary>
    /// log of the sum over all states x, y of exp(sum alpha x + sum beta y + sum over edges of (strength x y - toVisible x - toHidden y)).
    /// </summary>
    /// <param name="alpha">A field a visible unit.</param>
    /// <param name="beta">A field a hidden unit.</param>
    /// <param name="strength">By edge.</param>
    /// <param name="toVisible">By edge.</param>
    /// <param name="toHidden">By edge.</param>
    public double LogPartition(double[] alpha, double[] beta, Func<int, double> strength, double[] toVisible, double[] toHidden)
    {
        double[] on = [.. alpha, .. beta];
        double offset = 0;
        for (int k = _order.Length - 1; k > 0; k--)
        {
            // The log ratio of a node's sums for on and off is kept; the sum for off goes into the offset.
            int node = _order[k];
            int edge = Edge(node);
            double own = node < _visible ? toVisible[edge] : toHidden[edge];
            double other = node < _visible ? toHidden[edge] : toVisible[edge];
            double off = DoubleMath.Softplus(on[node] - own);
            offset += off;
            on[_parent[node]] += DoubleMath.Softplus(on[node] - own + strength(edge)) - off - other;
        }

        return offset + DoubleMath.Softplus(on[_order[0]]);
    }

    private int Edge(int node)
    {
        int parent = _parent[node];
        return node < _visible ? (node * Hidden) + parent - _visible : (parent * Hidden) + node - _visible;
    }
}
